"""Tables come out of files as they were put in, whatever the wrapping."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.edudata.desensitization.reading import open_source
from ckanext.edudata.desensitization.reading.layout import find_layout
from ckanext.edudata.desensitization.report import CheckOptions, CheckReport

OPTIONS = CheckOptions()
TITLE = "附件1："
SUBTITLE = "普通高等学校名单\n（截至2025年6月20日）"
HEAD = ["序号", "学校名称", "学校标识码", "所在地", "备注"]

# Text as in tables: no control characters, nothing that a reader may trim.
_WORDS = st.text(
    st.sampled_from("学校名称北京上海中学小高教育院台湾，。（）“”AbZ09 -_'"),
    min_size=1,
    max_size=12,
).map(lambda text: f"校{text}校")
_ROWS = st.lists(
    st.tuples(_WORDS, st.integers(10**9, 10**10 - 1).map(str), _WORDS),
    min_size=3,
    max_size=12,
)


def read(path: Path) -> list[list[str | None]]:
    (sheet,) = list_sheets(path)
    return sheet


def list_sheets(path: Path) -> list[list[list[str | None]]]:
    source = open_source(path, path.name, OPTIONS)
    return [[row for batch in s.batches for row in batch] for s in source.sheets]


def as_published(rows: list[tuple[str, str, str]]) -> list[list[str]]:
    """With titles, a group row for each half, and a footnote."""
    half = len(rows) // 2
    body: list[list[str]] = []
    for name, part in (("北京市", rows[:half]), ("天津市", rows[half:])):
        body.append([f"{name}（{len(part)}所）", "", "", "", ""])
        body += [[str(n), a, code, b, ""] for n, (a, code, b) in enumerate(part, 1)]
    return [[TITLE], [SUBTITLE], HEAD, *body, ["注：本名单不含军事院校"]]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk"]
)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=_ROWS)
def test_csv_round_trip(
    tmp_path: Path, encoding: str, rows: list[tuple[str, str, str]]
) -> None:
    path = tmp_path / "t.csv"
    written = as_published(rows)
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(written)
    assert read(path) == [[cell or None for cell in row] for row in written]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_any_delimiter(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "t.txt"
    rows = [["学校", "代码", "区"]] + [
        [f"示例{n}小学", str(n), "徐汇"] for n in range(5)
    ]
    path.write_text("\n".join(delimiter.join(r) for r in rows), "utf-8")
    assert read(path) == rows


def test_big5(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [["學校名稱", "縣市"]] + [["臺北市立第一女子高級中學", "臺北市"]] * 5
    path.write_bytes("\r\n".join(",".join(r) for r in rows).encode("big5"))
    assert read(path) == rows


def test_the_first_chinese_in_the_last_row(tmp_path: Path) -> None:
    # Every detector that looks at the beginning calls this ASCII.
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\r\n" + b"1,2\r\n" * 100_000 + "3,校\r\n".encode("gbk"))
    assert read(path)[-1] == ["3", "校"]


def test_quoted_line_breaks_do_not_shift_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n"x\ny",1\n\nz,2\n')
    assert read(path) == [["a", "b"], ["x\ny", "1"], [], ["z", "2"]]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=_ROWS)
def test_xlsx_round_trip(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    path = tmp_path / "t.xlsx"
    written = as_published(rows)
    book = xlsxwriter.Workbook(path, {"strings_to_numbers": False})
    sheet = book.add_worksheet()
    for number, row in enumerate(written):
        sheet.write_row(number, 0, row)
    book.close()
    wanted = [[cell or None for cell in row] for row in written]
    for row in wanted:
        while row and row[-1] is None:
            row.pop()
    assert read(path) == wanted


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=_ROWS)
def test_only_data_rows_are_data(
    tmp_path: Path, check: Callable[..., CheckReport], rows: list[tuple[str, str, str]]
) -> None:
    path = tmp_path / "t.csv"
    with path.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows(as_published(rows))
    (table,) = check(path).tables
    assert (table.header_row, table.row_count, table.left_out) == (3, len(rows), 5)
    assert [c.name for c in table.columns] == HEAD
    assert table.csv_path is not None
    with open(table.csv_path, encoding="utf-8", newline="") as stream:
        copy = list(csv.reader(stream))
    assert [row[2] for row in copy[1:]] == [code for _, code, _ in rows]


def test_numbers_of_spreadsheets_become_codes(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    sheet.write(0, 0, 4111010001.0)
    sheet.write(0, 1, "01001")
    sheet.write(0, 2, 1.5)
    book.save(str(tmp_path / "t.xls"))
    assert read(tmp_path / "t.xls") == [["4111010001", "01001", "1.5"]]


def test_leading_blank_rows_keep_their_numbers(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("a").write(3, 2, "x")
    book.save(str(tmp_path / "t.xls"))
    assert read(tmp_path / "t.xls") == [[], [], [], [None, None, "x"]]


class TestWorkbook:
    """Nothing in a workbook is overlooked because nobody sees it on the screen."""

    def make(self, path: Path, **do: str) -> Path:
        book = xlsxwriter.Workbook(path)
        sheet = book.add_worksheet("名单")
        for number, row in enumerate(
            [["学校名称", "代码"], ["示例小学", "1"], ["样板小学", "2"]]
        ):
            sheet.write_row(number, 0, row)
        second = book.add_worksheet(do.get("sheet", "其他"))
        second.write_row(0, 0, ["区", "数"])
        second.write_row(1, 0, ["徐汇区", do.get("hidden", "1")])
        second.very_hidden()
        if "comment" in do:
            sheet.write_comment("B3", do["comment"], {"author": "x"})
        if "footer" in do:
            sheet.set_footer(f"&C{do['footer']}")
        if "author" in do:
            book.set_properties({"author": do["author"]})
        if "box" in do:
            sheet.insert_textbox(5, 5, do["box"])
        book.close()
        return path

    def test_a_clean_one_is_clear(
        self, tmp_path: Path, check: Callable[..., CheckReport]
    ) -> None:
        report = check(self.make(tmp_path / "t.xlsx"))
        assert report.verdict == "clear"
        assert [(t.sheet, t.hidden) for t in report.tables] == [
            ("名单", False),
            ("其他", True),
        ]

    @pytest.mark.parametrize(
        ("place", "where"),
        [
            ("hidden", "cell"),
            ("comment", "comment"),
            ("footer", "part"),
            ("box", "part"),
            ("sheet", "sheet_name"),
        ],
    )
    def test_a_mobile_anywhere(
        self, tmp_path: Path, check: Callable[..., CheckReport], place: str, where: str
    ) -> None:
        path = self.make(tmp_path / "t.xlsx", **{place: "电话13812345678"})
        (finding,) = check(path).findings
        assert (finding.entity, finding.where) == ("MOBILE", where)
        if place == "comment":
            assert finding.rows == [3]

    def test_the_author(
        self, tmp_path: Path, check: Callable[..., CheckReport]
    ) -> None:
        report = check(self.make(tmp_path / "t.xlsx", author="王建国"))
        assert [(f.entity, f.where) for f in report.findings] == [
            ("NAME_IN_TEXT", "property")
        ]


class TestLayout:
    def test_two_header_rows_with_merged_cells(self) -> None:
        layout = find_layout(
            [
                ["学校", "在校生", None, "教师"],
                [None, "男", "女", None],
                ["示例小学", "210", "190", "30"],
            ]
        )
        assert layout.labels == ["学校", "在校生_男", "在校生_女", "教师"]
        assert layout.start == 2

    def test_years_may_be_headers(self) -> None:
        layout = find_layout([["区", "2021", "2022"], ["徐汇", "3.5", "4.5"]])
        assert layout.header_row == 1

    def test_data_without_a_header_lose_no_row(self) -> None:
        layout = find_layout([["1", "2.5", "x"], ["2", "3.5", "y"]])
        assert (layout.header_row, layout.start) == (0, 0)

    def test_a_column_alone(self) -> None:
        layout = find_layout([["学校"], ["示例小学"], ["样板小学"]])
        assert (layout.header_row, layout.labels) == (1, ["学校"])

    def test_a_repeated_header_is_no_data(self) -> None:
        layout = find_layout([["学校", "数", "区"], ["示例小学", "1", "徐汇"]])
        assert not layout.is_data(["学校", "数", "区"])
        assert layout.is_data(["样板小学", "2", "黄浦"])

    def test_in_a_sparse_table_a_lone_cell_is_data(self) -> None:
        rows = [["学校", "备注", "说明", "其他"]] + [["示例小学", None, None, None]] * 5
        assert find_layout(rows).is_data(["样板小学"])


def test_a_later_row_that_is_wider_loses_nothing(
    tmp_path: Path, check: Callable[..., CheckReport]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "x,1\n" * 3000 + "y,2,13812345678\n")
    report = check(path)
    assert [c.name for c in report.tables[0].columns] == ["a", "b", "列3"]
    assert [(f.column, f.rows) for f in report.findings] == [("列3", [3002])]
    copy = Path(report.tables[0].csv_path or "").read_text("utf-8").splitlines()
    assert (copy[0], copy[1], copy[-1]) == ("a,b,列3", "x,1,", "y,2,13812345678")
