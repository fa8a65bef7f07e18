"""Synthetic class rosters. Nobody in them exists: Faker zh_CN with a fixed seed."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from faker import Faker

HEADER = [
    "姓名", "性别", "出生日期", "身份证号", "班级", "家长手机", "语文", "数学",
]  # fmt: skip
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_AREAS = ("310101", "310104", "310110", "310115", "310151", "320102", "330106")


def resident_id(chance: random.Random, birth: str, male: bool) -> str:
    """18 characters with a true checksum (GB 11643); ``birth`` is YYYYMMDD."""
    sequence = f"{chance.randrange(100):02d}{chance.randrange(5) * 2 + male}"
    first = chance.choice(_AREAS) + birth + sequence
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, first, strict=True))
    return first + "10X98765432"[total % 11]


def mobile(chance: random.Random) -> str:
    prefix = chance.choice(["133", "138", "139", "150", "158", "177", "186", "199"])
    return prefix + f"{chance.randrange(10**8):08d}"


def roster(rows: int = 40, seed: int = 20260901) -> list[list[str]]:
    """Header and rows: one pupil each."""
    fake = Faker("zh_CN")
    fake.seed_instance(seed)
    chance = random.Random(seed)
    table = [list(HEADER)]
    for number in range(rows):
        male = chance.random() < 0.5
        born = fake.date_of_birth(minimum_age=12, maximum_age=14)
        table.append(
            [
                fake.name_male() if male else fake.name_female(),
                "男" if male else "女",
                born.isoformat(),
                resident_id(chance, born.strftime("%Y%m%d"), male),
                f"七（{number % 4 + 1}）班",
                mobile(chance),
                str(chance.randint(45, 100)),
                str(chance.randint(40, 100)),
            ]
        )
    return table


def write_csv(table: list[list[str]], path: Path, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(table)
    return path


def write_xlsx(
    table: list[list[str]], path: Path, title: str = "七年级学生名册"
) -> Path:
    """With a title row above the header, as such lists are kept."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("名册")
    sheet.write(0, 0, title)
    for number, row in enumerate(table, 1):
        sheet.write_row(number, 0, row)
    book.close()
    return path
