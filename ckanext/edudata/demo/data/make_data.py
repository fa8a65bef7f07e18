# ruff: noqa: S311, SIM905 - seeds are fixed on purpose; words read better in a line
"""Make the demonstration's tables and names anew, in this folder.

For those who change the demonstration: needs Faker, xlwt and XlsxWriter, which the
portal itself does not. Nobody and no school in the tables exists; seeds are fixed, so
that the same contents come out again.
"""

from __future__ import annotations

import csv
import datetime
import json
import random
import sys
from pathlib import Path

import xlsxwriter
import xlwt
from faker import Faker

SEED = 20260901
PROVINCES = {
    "11": ("北京市", 9), "12": ("天津市", 5), "13": ("河北省", 8), "14": ("山西省", 6),
    "15": ("内蒙古自治区", 5), "21": ("辽宁省", 8), "22": ("吉林省", 6),
    "23": ("黑龙江省", 6), "31": ("上海市", 12), "32": ("江苏省", 14),
    "33": ("浙江省", 10), "34": ("安徽省", 8), "35": ("福建省", 7),
    "36": ("江西省", 7), "37": ("山东省", 11), "41": ("河南省", 10),
    "42": ("湖北省", 10), "43": ("湖南省", 9), "44": ("广东省", 11),
    "45": ("广西壮族自治区", 6), "46": ("海南省", 3), "50": ("重庆市", 6),
    "51": ("四川省", 9), "52": ("贵州省", 5), "53": ("云南省", 6),
    "54": ("西藏自治区", 2), "61": ("陕西省", 8), "62": ("甘肃省", 4),
    "63": ("青海省", 2), "64": ("宁夏回族自治区", 2), "65": ("新疆维吾尔自治区", 5),
}  # fmt: skip
"""GB/T 2260 codes and names, and how many universities each is given here."""

TREES = (
    "青檀 白桦 银杏 梧桐 香樟 红枫 云杉 雪松 丹桂 紫藤 翠竹 玉兰 海棠 木棉 胡杨 "
    "水杉 乌桕 黄杨 石楠 含笑 合欢 榉木 楠木 苦楝 朴树 栾树 椴树 山茶 杜鹃 蔷薇"
).split()
FIELDS = "理工 师范 医科 农业 财经 海洋 政法 外国语 交通 艺术 体育 民族".split()
TRADES = "机电 信息 建设 商贸 护理 旅游 轨道交通 航空 食品 纺织".split()
STREETS = "徐家汇街道 天平路街道 湖南路街道 枫林路街道 龙华街道 漕河泾街道".split()
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

Table = list[list[object]]


def universities() -> tuple[list[str], Table]:
    """Title rows and table, in the shape of the Ministry's yearly list."""
    chance = random.Random(SEED)
    undergraduate = [f"{tree}{field}大学" for tree in TREES for field in FIELDS]
    vocational = [f"{tree}{trade}职业技术学院" for tree in TREES for trade in TRADES]
    chance.shuffle(undergraduate)
    chance.shuffle(vocational)
    titles = [
        "附件1：",
        "全国普通高等学校名单（示例）\n（截至2026年6月20日，学校均为虚构）",
    ]
    table: Table = [
        ["序号", "学校名称", "学校标识码", "主管部门", "所在地", "办学层次", "备注"]
    ]
    number = 0
    for code, (province, count) in PROVINCES.items():
        table.append([f"{province}（{count}所）", "", "", "", "", "", ""])
        for order in range(count):
            number += 1
            higher = order % 5 < 3
            private = order % 7 == 6
            table.append(
                [
                    number,
                    (undergraduate if higher else vocational).pop(),
                    # 41, province, 0 and a number above those that are given out
                    int(f"41{code}0{99000 + number}"),
                    f"{province}教育厅"
                    if not province.endswith("市")
                    else f"{province}教育委员会",
                    province if province.endswith("市") else f"{province}（省会）",
                    "本科" if higher else "专科",
                    "民办" if private else "",
                ]
            )
    return titles, table


def schools() -> Table:
    """A district's list of schools; codes of 10 digits, sequence from 990001."""
    chance = random.Random(SEED + 1)
    kinds = [
        ("21", "小学"),
        ("31", "初级中学"),
        ("34", "高级中学"),
        ("32", "九年一贯制学校"),
    ]
    table: Table = [
        ["学校名称", "学校标识码", "办学类型", "举办者类型", "所属街道", "班级数",
         "在校学生数", "校舍建筑面积（平方米）", "建校年份"]
    ]  # fmt: skip
    for number, tree in enumerate(TREES * 2, 1):
        code, kind = kinds[number % 4]
        classes = chance.randrange(15, 46)
        name = {"小学": "路小学", "初级中学": "初级中学"}.get(kind, "中学")
        if kind == "九年一贯制学校":
            name = "实验学校"
        table.append(
            [
                f"徐汇区{tree}{name}" + ("（分校）" if number > len(TREES) else ""),
                f"{code}31{990000 + number}",
                kind,
                "民办" if number % 9 == 0 else "公办",
                chance.choice(STREETS),
                classes,
                classes * chance.randrange(32, 41),
                classes * chance.randrange(280, 420),
                chance.randrange(1950, 2021),
            ]
        )
    return table


def stages() -> Table:
    """A code list with leading zeros."""
    names = [
        "学前教育", "初等教育", "小学", "成人小学", "中等教育", "初级中学", "职业初中",
        "高级中学", "中等职业学校", "高等教育", "普通高等学校", "成人高等学校",
        "特殊教育", "专门教育",
    ]  # fmt: skip
    head: Table = [["代码", "名称", "说明"]]
    return head + [
        [f"{number:03d}", name, f"用于填报“{name}”阶段的数据资源"]
        for number, name in enumerate(names, 1)
    ]


def kindergartens() -> Table:
    """A district's list of kindergartens."""
    chance = random.Random(SEED + 2)
    table: Table = [
        ["幼儿园名称", "学校标识码", "等级", "举办者类型", "所属街道", "班级数"]
    ]
    for number, tree in enumerate(TREES[:24], 1):
        table.append(
            [
                f"徐汇区{tree}幼儿园",
                f"1131{980000 + number}",
                chance.choice(["示范园", "一级园", "二级园"]),
                "民办" if number % 5 == 0 else "公办",
                chance.choice(STREETS),
                chance.randrange(6, 19),
            ]
        )
    return table


def venues() -> Table:
    """When a school's grounds are open to its neighbours."""
    table: Table = [["场地", "面积（平方米）", "星期", "开放时段"]]
    grounds = [
        ("操场", 4200),
        ("篮球场", 840),
        ("室内体育馆", 1100),
        ("图书阅览室", 260),
    ]
    for name, size in grounds:
        for day in ("星期六", "星期日"):
            table.append([name, size, day, "09:00—16:00"])
    return table


def resident_id(chance: random.Random, born: datetime.date, male: bool) -> str:
    """18 characters with a true checksum (GB 11643)."""
    serial = f"{chance.randrange(100):02d}{chance.randrange(5) * 2 + male}"
    area = chance.choice(["310101", "310104", "310105", "310110", "310115"])
    first = f"{area}{born:%Y%m%d}{serial}"
    total = sum(w * int(d) for w, d in zip(WEIGHTS, first, strict=True))
    return first + "10X98765432"[total % 11]


def roster(rows: int = 160) -> Table:
    """Pupils of one year. Nobody in it exists."""
    fake = Faker("zh_CN")
    fake.seed_instance(SEED)
    chance = random.Random(SEED + 3)
    table: Table = [
        [
            "姓名",
            "性别",
            "出生日期",
            "身份证号",
            "班级",
            "家长手机",
            "语文",
            "数学",
            "英语",
        ]
    ]
    for number in range(rows):
        male = chance.random() < 0.5
        born = datetime.date(2015, 9, 1) + datetime.timedelta(chance.randrange(365))
        table.append(
            [
                fake.name_male() if male else fake.name_female(),
                "男" if male else "女",
                born.isoformat(),
                resident_id(chance, born, male),
                f"五（{number % 4 + 1}）班",
                chance.choice(["133", "138", "150", "177", "186", "199"])
                + f"{chance.randrange(10**8):08d}",
                chance.randint(60, 100),
                chance.randint(55, 100),
                chance.randint(58, 100),
            ]
        )
    return table


def names(count: int = 40) -> list[str]:
    """Display names of the accounts, no two alike."""
    fake = Faker("zh_CN")
    fake.seed_instance(SEED)
    found: dict[str, None] = {}
    while len(found) < count:
        found[fake.name()] = None
    return list(found)


def write_xls(path: Path) -> None:
    titles, table = universities()
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("全国普通高等学校名单")
    for row, title in enumerate(titles):
        sheet.write_merge(row, row, 0, 6, title)
    for row, cells in enumerate(table, len(titles)):
        if cells[1]:
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        else:
            sheet.write_merge(row, row, 0, 6, cells[0])
    book.save(str(path))


def write_xlsx(path: Path, title: str, table: Table) -> None:
    book = xlsxwriter.Workbook(path)
    book.set_properties({"created": datetime.datetime(2026, 9, 1)})
    sheet = book.add_worksheet("名册")
    sheet.merge_range(0, 0, 0, len(table[0]) - 1, title)
    for row, cells in enumerate(table, 1):
        sheet.write_row(row, 0, cells)
    book.close()


def write_csv(path: Path, table: Table, encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(table)


def make(folder: Path) -> None:
    """Write all of it into *folder*."""
    write_xls(folder / "universities.xls")
    write_csv(folder / "schools.csv", schools(), "gb18030")
    write_csv(folder / "stages.csv", stages(), "utf-8-sig")
    write_csv(folder / "kindergartens.csv", kindergartens(), "gb18030")
    write_csv(folder / "venues.csv", venues(), "utf-8")
    write_xlsx(folder / "roster.xlsx", "五年级学生名册及期末成绩（虚构）", roster())
    text = json.dumps(names(), ensure_ascii=False, indent=1)
    (folder / "names.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
