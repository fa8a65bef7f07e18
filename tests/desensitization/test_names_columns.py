"""Columns of names under a header that says nothing, and one name in a clean table."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from faker import Faker
from pypinyin import lazy_pinyin

from ckanext.edudata.desensitization.report import CheckReport

Check = Callable[..., CheckReport]
Rows = list[list[str]]
_UYGHUR = [
    "阿依古丽",
    "买买提",
    "艾力",
    "吐尔逊",
    "热依扎",
    "阿里木",
    "库尔班",
    "玉素甫",
    "热合曼",
    "迪丽努尔",
]
_TIBETAN = [
    "扎西",
    "次仁",
    "卓玛",
    "央金",
    "平措",
    "达瓦",
    "旦增",
    "索朗",
    "格桑",
    "罗布",
    "多吉",
    "尼玛",
    "拉姆",
]
_GIVEN = [
    "沐宸",
    "浩宇",
    "若汐",
    "一诺",
    "梓涵",
    "雨桐",
    "欣怡",
    "奕辰",
    "宇泽",
    "诗涵",
    "子墨",
    "芷若",
    "晨曦",
    "可馨",
    "思远",
]
_SURNAMES = [
    "王",
    "李",
    "张",
    "刘",
    "陈",
    "杨",
    "赵",
    "黄",
    "周",
    "吴",
    "徐",
    "孙",
    "欧阳",
    "司徒",
    "诸葛",
]


class People:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.fake = Faker("zh_CN")
        self.fake.seed_instance(seed)

    def plain(self) -> str:
        return self.fake.name()

    def today(self) -> str:
        return self.chance.choice(_SURNAMES) + self.chance.choice(_GIVEN)

    def spaced(self) -> str:
        return "　".join(self.fake.name())

    def titled(self) -> str:
        return self.fake.name() + self.chance.choice(["老师", "（班主任）", "同学"])

    def several(self) -> str:
        return "、".join(self.fake.name() for _ in range(self.chance.randint(2, 3)))

    def dotted(self) -> str:
        return self.chance.choice("·・•").join(self.chance.sample(_UYGHUR, 2))

    def tibetan(self) -> str:
        return "".join(self.chance.sample(_TIBETAN, 2))

    def _pinyin(self) -> tuple[str, str]:
        name = self.fake.name()
        surname = lazy_pinyin(name[0])[0].capitalize()
        return surname, "".join(lazy_pinyin(name[1:])).capitalize()

    def pinyin(self) -> str:
        return " ".join(self._pinyin())

    def english_order(self) -> str:
        return " ".join(self._pinyin()[::-1])

    def capitals(self) -> str:
        surname, given = self._pinyin()
        return f"{surname.upper()} {given}"

    def comma(self) -> str:
        return ", ".join(self._pinyin())


KINDS = [kind for kind in vars(People) if not kind.startswith("_")]


@pytest.mark.parametrize("cells", [5, 30])
@pytest.mark.parametrize("kind", KINDS)
def test_a_column_of_names(check: Check, kind: str, cells: int) -> None:
    make = getattr(People(cells), kind)
    rows: Rows = [["a", "b"], *([make(), str(n)] for n in range(cells))]
    report = check(rows)
    assert report.verdict == "blocked"
    assert {f.column for f in report.findings} == {"a"}


_CLEAN = [
    [
        "植物名称",
        "水杉 银杏 雪松 香樟 广玉兰 石楠 冬青 红枫 黄杨 罗汉松 紫薇 牡丹 山茶",
    ],
    [
        "课程",
        "语文 数学 英语 高等数学 线性代数 程序设计 文学概论 金融学 古筝 书法 武术",
    ],
    [
        "部门",
        "教务处 德育处 总务处 人事科 财务科 安保科 科研处 团委 工会 计财处",
    ],
    [
        "岗位",
        "校长 书记 主任 班主任 保育员 保安 会计 安全员 项目经理 施工员 高级教师 副教授",
    ],
    [
        "民族",
        "汉族 壮族 回族 满族 苗族 藏族 白族 黎族 高山族 赫哲族 毛南族 阿昌族 保安族",
    ],
    [
        "节日",
        "春节 元宵节 清明节 端午节 中秋节 重阳节 国庆节 元旦 除夕 教师节 冬至",
    ],
    [
        "景点",
        "鲁迅公园 中山公园 黄兴公园 武康路 徐家汇 陈云纪念馆 闻一多故居 张园",
    ],
    [
        "英文地名",
        "Xuhui Huangpu Changning Jingan Putuo Hongkou Yangpu Minhang Baoshan Jiading",
    ],
]


@pytest.mark.parametrize("kind", _CLEAN, ids=lambda kind: kind[0])
def test_a_column_of_other_words(check: Check, kind: list[str]) -> None:
    header, words = kind
    rows: Rows = [[header, "数量"], *([word, "12"] for word in words.split())]
    assert not check(rows).findings


def test_poets_in_a_reading_list(check: Check) -> None:
    authors = [
        "鲁迅",
        "巴金",
        "茅盾",
        "老舍",
        "曹禺",
        "冰心",
        "朱自清",
        "叶圣陶",
        "史铁生",
        "沈从文",
    ]
    rows: Rows = [["书名", "作者", "出版社"]]
    rows += [[f"文集{n}", name, "人民文学出版社"] for n, name in enumerate(authors)]
    assert check(rows).verdict == "clear"


_OTHER_CELLS = {
    "words": lambda n: ["已完成", "进行中", "未开始", "待定"][n % 4],
    "numbers": lambda n: str(n * 37 % 1000),
    "dates": lambda n: f"2025-03-{n % 28 + 1:02d}",
    "nothing": lambda n: "",
}  # fmt: skip


@pytest.mark.parametrize("other", _OTHER_CELLS)
@pytest.mark.parametrize(
    "name", ["Zhang Xiaoming", "ZHANG San", "Li, Na", "王晓明", "李丽"]
)
def test_one_name_alone(check: Check, name: str, other: str) -> None:
    cells = [_OTHER_CELLS[other](n) for n in range(60)]
    cells[-1] = name
    report = check([["情况", "值"], *([cell, "1"] for cell in cells)])
    assert report.verdict == "blocked"
    assert [f.rows for f in report.findings] == [[61]]


def test_one_name_among_many_words_like_names(check: Check) -> None:
    """Many cells look somewhat like names: the one that does most is still heard."""
    words = [a + b + c for a in "高安金万石" for b in "等全属" for c in "纸板架件器"]
    rows = [["内容", "值"], *([word, "1"] for word in words), ["王晓明", "1"]]
    report = check(rows)
    assert [f.rows for f in report.findings] == [[len(words) + 2]]


def test_what_stands_as_often_as_other_words_is_one_of_them(check: Check) -> None:
    words = ["红色", "石青", "朱红", "米白"] * 15
    assert not check([["名称", "值"], *([word, "1"] for word in words)]).findings


@pytest.mark.parametrize(
    "text",
    [
        "请与家长帕提古丽·买买提联系",
        "经查，买买提·热依扎家庭困难",
        "该生热依扎·买买提因病休学",
    ],
)
def test_a_dotted_name_in_a_sentence(check: Check, text: str) -> None:
    rows = [["备注", "值"], *([c, "1"] for c in ["无", "无", text])]
    assert [f.rows for f in check(rows).findings] == [[4]]


@pytest.mark.parametrize("name", ["令狐瑜", "端木华", "公孙帅", "欧阳文"])
def test_a_compound_surname_alone(check: Check, name: str) -> None:
    rows = [["情况", "值"], *([c, "1"] for c in ["12", "34", name, "56"])]
    assert [f.rows for f in check(rows).findings] == [[4]]


_NOBODY = {
    "首末站": ["上海南站-南汇", "莘庄-吴泾", "七宝-徐泾", "罗店-顾村", "安亭-马陆"],
    "居委会": ["张杨居委会", "梅园居委会", "金杨居委", "陈太居委会", "罗山居委"],
    "country": ["USA", "China", "Hong Kong", "Korea (South)", "UK"],
    "对口范围": ["四平路38弄、虹漕路174号", "衡山路25弄、天平路1-99号(单号)"],
    "领用情况": ["采购马克笔十支", "领取马克笔和白板笔", "更换金属架一个"],
}


@pytest.mark.parametrize("header", _NOBODY)
def test_nobody_is_named(check: Check, header: str) -> None:
    rows = [[header, "值"], *([cell, "1"] for cell in _NOBODY[header])]
    assert not check(rows).findings
