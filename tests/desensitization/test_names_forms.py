"""Names alone in cells, in every form, and words that are none."""

from __future__ import annotations

import random
from functools import lru_cache

import pytest
from faker import Faker
from pypinyin import lazy_pinyin

from ckanext.edudata.desensitization.recognizers.lone_names import (
    Others,
    form,
    may_stand_alone,
    own_odds,
)
from ckanext.edudata.desensitization.recognizers.name_weights import name_score
from ckanext.edudata.desensitization.recognizers.person_name import PersonNameRecognizer
from ckanext.edudata.desensitization.text import normalise


@lru_cache(maxsize=1)
def people() -> list[str]:
    fake = Faker("zh_CN")
    fake.seed_instance(31)
    return [fake.name() for _ in range(1500)]


def share(scores: list[float]) -> float:
    return sum(score > 0.5 for score in scores) / len(scores)


class TestForms:
    def test_most_names_are_likely(self) -> None:
        assert share([name_score(name) for name in people()]) > 0.97

    @pytest.mark.parametrize(
        "text",
        [
            "张 三", "张　三", "欧阳 娜娜", "張　偉", "3.张三", "张三（班主任）",
            "李四老师", "张三、李四；王五", "王五 李四", "张李明轩", "沈从文",
            "买买提·艾力", "买买提・艾力", "买买提•艾力", "买买提．艾力",
            "阿卜杜·热合曼", "扎西次仁", "古力娜扎尔", "卓玛·央金",
        ],
    )  # fmt: skip
    def test_however_it_is_written(self, text: str) -> None:
        assert name_score(normalise(text)) > 0.7

    @pytest.mark.parametrize(
        "form",
        ["{S} {g}", "{S} {G}", "{U} {G}", "{U} {V}", "{G} {S}", "{S}, {G}", "{s} {g}"],
    )
    def test_in_pinyin(self, form: str) -> None:
        found = 0
        names = people()[:400]
        for name in names:
            surname = lazy_pinyin(name[0])[0]
            given = "".join(lazy_pinyin(name[1:]))
            text = form.format(
                S=surname.capitalize(), s=surname, U=surname.upper(),
                G=given.capitalize(), g=given, V=given.upper(),
            )  # fmt: skip
            found += name_score(text) > 0.5
        # 何路 in English order reads like a road.
        assert found / len(names) > 0.87

    @pytest.mark.parametrize(
        "text", ["Zhang Xiao-ming", "Zhang Xi'an", "Zhang Xiao Ming", "zhangsan"]
    )
    def test_in_pinyin_by_syllables(self, text: str) -> None:
        assert name_score(text) > 0.5

    @pytest.mark.parametrize(
        "text",
        [
            "王某某", "王*", "王**", "李老师", "高等数学", "鲁迅公园", "复旦大学",
            "语文、数学、英语", "汉族", "满族", "安全员", "元宵节", "白切鸡", "任课",
            "高三", "时间", "江苏省", "沁园春·雪", "诗经·采薇", "普陀·真如", "西班牙",
            "哈萨克斯坦", "Nanjing Lu", "Xuhui Qu", "New York", "Long Song",
            "Mathematics", "Shanghai", "Bei Jing", "向日葵", "马铃薯", "平均", "明细",
        ],
    )  # fmt: skip
    def test_words_are_no_names(self, text: str) -> None:
        assert name_score(normalise(text)) < 0.5


_COLUMNS = {
    "所在区": (
        "徐汇区 黄浦区 长宁区 静安区 普陀区 虹口区 杨浦区 闵行区 宝山区 嘉定区 "
        "松江区 金山区"
    ),
    "科目": (
        "语文 数学 英语 物理 化学 生物 历史 地理 政治 音乐 美术 体育 高等数学 "
        "马克思主义 应用文"
    ),
    "状态": (
        "已完成 未完成 合格 不合格 优秀 良好 应到 实到 全勤 上午 下午 周三 高一 高三 "
        "单招 统招"
    ),
    "部门": (
        "教务处 德育处 总务处 人事科 财务科 安保科 办公室 科研处 学生处 招生办 团委 "
        "计财处 家委会"
    ),
    "职务": (
        "校长 书记 主任 班主任 辅导员 保安 会计 安全员 项目经理 高级教师 副教授 "
        "施工员 应届生"
    ),
    "民族": (
        "汉族 壮族 回族 满族 苗族 藏族 白族 黎族 高山族 赫哲族 毛南族 阿昌族 景颇族 "
        "保安族"
    ),
    "": "",
}
_CLEAN = {
    "植物名称": (
        "白玉兰 金桂 银杏 水杉 黄杨 罗汉松 杨柳 凌霄 杜仲 何首乌 黄连 向日葵 石楠 "
        "冬青 紫薇 柏木 柳树"
    ),
    "街镇": (
        "马桥 梅陇 吴泾 江川 莘庄 安亭 马陆 徐行 周浦 康桥 张江 唐镇 杨行 罗店 顾村 "
        "朱泾 吕巷 张堰 白鹤"
    ),
    "品牌": (
        "华为 李宁 王老吉 张小泉 王致和 周大福 谭木匠 马应龙 李锦记 陈克明 林肯 张裕 "
        "安慕希 方太"
    ),
    "书名": (
        "红楼梦 孔乙己 马小跳 花木兰 庄子 孟子 江雪 关雎 满江红 简爱 边城 围城 呐喊 "
        "骆驼祥子"
    ),
    "菜名": (
        "红烧肉 白切鸡 黄焖鸡 杨梅 石榴 桂圆 马铃薯 金针菇 柏子仁 毛血旺 罗宋汤 米饭 "
        "花卷"
    ),
}  # fmt: skip


def _code(char: str) -> int:
    return ord(char) & 4095


class TestAlone:
    """One name in a column of other things, with both witnesses."""

    names = PersonNameRecognizer()

    def found(self, cells: list[str], header: str) -> set[str]:
        texts = [c for c in cells if may_stand_alone(c, name_score(c))]
        said = self.names.whole_names(texts)
        others = Others(
            (name_score(c), form(c, _code)) for c in cells if c not in texts
        )
        return {
            text
            for text, yes in zip(texts, said, strict=True)
            if own_odds(text, name_score(text), yes)
            > others.against(form(text, _code), header)
        }

    @pytest.mark.parametrize("header", _COLUMNS)
    def test_it_is_found(self, header: str) -> None:
        words = _COLUMNS[header].split()
        assert not self.found(words, header)
        chance = random.Random(5)
        for size, least in ((3, 0.93), (2, 0.7)):
            names = [n for n in people() if len(n) == size]
            names = chance.sample(names, 60)
            hit = sum(name in self.found([*words, name], header) for name in names)
            assert hit / len(names) >= least, (size, hit)

    @pytest.mark.parametrize("header", _CLEAN)
    def test_words_like_names_are_left_alone(self, header: str) -> None:
        assert not self.found(_CLEAN[header].split(), header)
