"""One number anywhere in a file of any format is found, and said where; without it the
same file is clear and comes out whole."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ckanext.edudata.desensitization.reading import open_source
from ckanext.edudata.desensitization.report import CheckOptions, CheckReport
from tests.desensitization.hostile_texts import zipped

HEAD = ["学校名称", "学校代码", "所在区", "办别", "占地面积"]
AREAS = ["徐汇区", "黄浦区", "静安区", "长宁区", "普陀区"]
COUNT = 40


def resident_id() -> str:
    """Made up; only its checksum is right."""
    body = "31010419900307" + "111"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(c) * w for c, w in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def rows() -> list[list[str]]:
    return [
        [
            f"示例第{n}小学",
            str(2131000000 + n),
            AREAS[n % 5],
            "公办",
            str(9000 + 37 * n),
        ]
        for n in range(COUNT)
    ]


def records(needle: str = "") -> list[dict[str, str]]:
    made = [dict(zip(HEAD, row, strict=True)) for row in rows()]
    if needle:
        made[-1][HEAD[-1]] = needle
    return made


def as_json(cell: str = "", key: str = "", deep: str = "", single: str = "") -> bytes:
    made: list[dict[str, object]] = [dict(each) for each in records(cell)]
    if key:
        made[-1][f"备注{key}"] = "无"
    if deep:
        made[-1]["附"] = {"列表": [{"项": ["一", deep]}]}
    return json.dumps(
        {"标题": "学校名单", "说明": {"注": single or "无"}, "数据": made},
        ensure_ascii=False,
    ).encode()


def as_lines(cell: str = "", key: str = "") -> bytes:
    made = records(cell)
    if key:
        made[-1][f"备注{key}"] = "无"
    return "\n".join(json.dumps(each) for each in made).encode()


def as_geojson(cell: str = "", member: str = "") -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": each,
            "geometry": {"type": "Point", "coordinates": [121.4 + n / 999, 31.2]},
        }
        for n, each in enumerate(records(cell))
    ]
    made = {"type": "FeatureCollection", "name": member or "学校", "features": features}
    return json.dumps(made).encode()


def as_xml(
    cell: str = "",
    attribute: str = "",
    comment: str = "",
    instruction: str = "",
    cdata: str = "",
    tag: str = "",
    mixed: str = "",
) -> bytes:
    body = "".join(
        "<学校>" + "".join(f"<{k}>{v}</{k}>" for k, v in each.items()) + "</学校>"
        for each in records(cell)
    )
    last = f"<学校 备注='{attribute or '无'}'><学校名称>末校</学校名称>"
    last += f"<说明><![CDATA[{cdata or '无'}]]></说明>"
    if tag:
        last += f"<号{tag}>无</号{tag}>"
    if mixed:
        last += f"<文>见{mixed[:6]}<b>{mixed[6:10]}</b>{mixed[10:]}。</文>"
    return (
        f"<?xml version='1.0'?><!--{comment or '名单'}--><?do {instruction or 'x'}?>"
        f"<名单>{body}{last}</学校></名单>"
    ).encode()


def as_html(
    cell: str = "",
    comment: str = "",
    alt: str = "",
    meta: str = "",
    data: str = "",
    script: str = "",
    text: str = "",
    title: str = "",
    split: str = "",
    twice: str = "",
) -> bytes:
    lines = "".join(
        "<tr>" + "".join(f"<td>{v}</td>" for v in each.values()) + "</tr>"
        for each in records(cell)
    )
    head = "".join(f"<th>{label}</th>" for label in HEAD)
    return (
        f"<html><head><title>{title or '学校'}</title>"
        f"<meta name='description' content='{meta or '名单'}'></head>"
        f"<body data-note='{data or 'x'}'><!-- {comment or '表'} -->"
        f"<p>{text or '名单如下'}"
        f"<table><tr>{head}</tr>{lines}</table><img alt='{alt or '图'}' src='x.png'>"
        f"<a title='a' title='{twice}'>尾</a>"
        f"<p>{split[:6]}<b>{split[6:12]}</b><!-- x -->{split[12:]}</p>"
        f"<script>var x = '{script}';</script></body></html>"
    ).encode()


def as_parquet(cell: str = "", key: str = "", metadata: str = "") -> bytes:
    made = records(cell)
    columns = {label: [each[label] for each in made] for label in HEAD}
    if key:
        columns[f"备注{key}"] = ["无"] * len(made)
    table = pa.table(columns)
    if metadata:
        table = table.replace_schema_metadata({"note": metadata})
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def as_nested_parquet(cell: str = "", field: str = "") -> bytes:
    made = [
        {
            "学校名称": each["学校名称"],
            "址": {f"室{field}": each["占地面积"], "表": [1]},
        }
        for each in records(cell)
    ]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(made), out)
    return out.getvalue()


def as_csv(cell: str = "", header: str = "") -> bytes:
    made = [list(each.values()) for each in records(cell)]
    head = [*HEAD[:-1], f"备注{header}" if header else HEAD[-1]]
    return "\r\n".join(",".join(row) for row in [head, *made]).encode("gb18030")


def as_zip(
    cell: str = "", name: str = "", comment: str = "", deep: str = "", extra: str = ""
) -> bytes:
    info = zipfile.ZipInfo(f"表/{name or '学校'}.csv")
    info.comment = extra.encode()
    inner = zipped(("内.json", as_json(single=deep)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr(info, as_csv(cell), zipfile.ZIP_DEFLATED)
        new.writestr("内.zip", inner)
        new.comment = comment.encode()
    return out.getvalue()


def as_gzip(cell: str = "", name: str = "") -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(name or "a.csv", "wb", fileobj=out) as stream:
        stream.write(as_csv(cell))
    return out.getvalue()


MAKERS: dict[str, Callable[..., bytes]] = {
    "csv": as_csv,
    "json": as_json,
    "ndjson": as_lines,
    "geojson": as_geojson,
    "xml": as_xml,
    "html": as_html,
    "xls": as_html,
    "parquet": as_parquet,
    "nested.parquet": as_nested_parquet,
    "zip": as_zip,
    "csv.gz": as_gzip,
}
PLACES = [
    ("csv", "cell", "cell"),
    ("csv", "header", "header"),
    ("json", "cell", "cell"),
    ("json", "key", "header"),
    ("json", "deep", "cell"),
    ("json", "single", "cell"),
    ("ndjson", "cell", "cell"),
    ("ndjson", "key", "header"),
    ("geojson", "cell", "cell"),
    ("geojson", "member", "cell"),
    ("xml", "cell", "cell"),
    ("xml", "attribute", "cell"),
    ("xml", "comment", "comment"),
    ("xml", "instruction", "metadata"),
    ("xml", "cdata", "cell"),
    ("xml", "tag", "header"),
    ("xml", "mixed", "cell"),
    ("html", "cell", "cell"),
    ("html", "comment", "comment"),
    ("html", "alt", "part"),
    ("html", "meta", "part"),
    ("html", "data", "part"),
    ("html", "script", "part"),
    ("html", "text", "cell"),
    ("html", "title", "property"),
    ("html", "split", "cell"),
    ("html", "twice", "part"),
    ("xls", "cell", "cell"),
    ("parquet", "cell", "cell"),
    ("parquet", "key", "header"),
    ("parquet", "metadata", "metadata"),
    ("nested.parquet", "cell", "cell"),
    ("nested.parquet", "field", "header"),
    ("zip", "cell", "cell"),
    ("zip", "name", "filename"),
    ("zip", "comment", "comment"),
    ("zip", "extra", "metadata"),
    ("zip", "deep", "cell"),
    ("csv.gz", "cell", "cell"),
    ("csv.gz", "name", "filename"),
]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_clean_file_is_clear(
    kind: str, tmp_path: Path, check: Callable[..., CheckReport]
) -> None:
    path = tmp_path / f"学校名单.{kind}"
    path.write_bytes(MAKERS[kind]())
    report = check(path)
    assert (report.verdict, report.reason) == ("clear", None), report.findings


@pytest.mark.parametrize(("kind", "place", "where"), PLACES)
def test_one_number_blocks_it_and_is_found_where_it_stands(
    kind: str, place: str, where: str, tmp_path: Path, check: Callable[..., CheckReport]
) -> None:
    path = tmp_path / f"学校名单.{kind}"
    path.write_bytes(MAKERS[kind](**{place: resident_id()}))
    report = check(path)
    assert report.verdict == "blocked"
    assert where in {finding.where for finding in report.findings}
    assert all(resident_id() not in text for f in report.findings for text in f.masked)


@pytest.mark.parametrize(
    "kind", ["ndjson", "geojson", "xml", "xls", "parquet", "csv.gz"]
)
def test_the_clean_table_is_whole(
    kind: str, tmp_path: Path, check: Callable[..., CheckReport]
) -> None:
    path = tmp_path / f"学校名单.{kind}"
    path.write_bytes(MAKERS[kind]())
    table = max(check(path).tables, key=lambda each: each.row_count)
    assert set(HEAD) <= {column.label for column in table.columns}
    assert table.csv_path is not None
    with open(table.csv_path, encoding="utf-8", newline="") as stream:
        copy = list(csv.DictReader(stream))
    wanted = [tuple(each.values()) for each in records()]
    assert [tuple(each[label] for label in HEAD) for each in copy[:COUNT]] == wanted


def sheets(path: Path) -> dict[str, list[list[str | None]]]:
    source = open_source(path, path.name, CheckOptions())
    return {s.name: [r for b in s.batches for r in b] for s in source.sheets}


@pytest.mark.parametrize("name", ["moe_universities_2025", "world_universities"])
def test_real_json_loses_nothing(
    name: str, real: Callable[[str], Path], check: Callable[..., CheckReport]
) -> None:
    path = real(f"{name}.json")
    wanted = json.loads(path.read_text("utf-8"))
    (made,) = sheets(path).values()
    assert made[0] == list(wanted[0])
    assert len(made) == len(wanted) + 1
    for row, record in zip(made[1:], wanted, strict=True):
        texts = {
            key: "; ".join(v) if isinstance(v, list) else "" if v is None else str(v)
            for key, v in record.items()
        }
        cells = [cell or "" for cell in row] + [""] * (len(texts) - len(row))
        assert dict(zip(made[0], cells, strict=True)) == texts
    report = check(path)
    assert report.verdict == "clear", [(f.entity, f.column) for f in report.findings]
    assert report.tables[0].row_count == len(wanted)


class TestJson:
    def read(self, path: Path, text: str) -> dict[str, list[list[str | None]]]:
        path = path / "t.json"
        path.write_text(text, "utf-8")
        return sheets(path)

    def test_numbers_keep_their_text(self, tmp_path: Path) -> None:
        made = self.read(
            tmp_path, '[{"a":310104199003071234,"b":1.10,"c":1E5,"d":-0,"e":true}]'
        )
        assert made[""][1] == ["310104199003071234", "1.10", "1E5", "-0", "true"]

    def test_nested_objects_are_columns_by_path(self, tmp_path: Path) -> None:
        made = self.read(tmp_path, '[{"a":{"b":{"c":"x"}},"d":["y","z"]}]')
        assert made[""] == [["a.b.c", "d"], ["x", "y; z"]]

    def test_nested_lists_of_objects_know_their_row(self, tmp_path: Path) -> None:
        made = self.read(tmp_path, '[{"a":1},{"a":2,"p":[{"q":"x"},{"q":"y"}]}]')
        assert made["p"] == [["上级序号", "q"], ["2", "x"], ["2", "y"]]

    def test_keys_that_come_twice(self, tmp_path: Path) -> None:
        made = self.read(tmp_path, '[{"a":"x","a":"y","a":"z"}]')
        assert made[""][1] == ["x", "y", "z"]

    def test_rows_by_key(self, tmp_path: Path) -> None:
        made = self.read(tmp_path, '{"k1":{"a":1,"b":2},"k2":{"a":3,"b":4}}')
        assert made[""] == [["键", "a", "b"], ["k1", "1", "2"], ["k2", "3", "4"]]

    @pytest.mark.parametrize(
        "text",
        [
            '{"a":["1","2"],"b":["x","y"]}',
            '{"a":{"0":"1","1":"2"},"b":{"0":"x","1":"y"}}',
            '{"columns":["a","b"],"data":[["1","x"],["2","y"]]}',
            '{"fields":[{"id":"a","type":"text"},{"id":"b","type":"text"}],'
            '"records":[[1,"x"],[2,"y"]]}',
        ],
    )
    def test_tables_by_column(self, tmp_path: Path, text: str) -> None:
        (made,) = self.read(tmp_path, text).values()
        assert made == [["a", "b"], ["1", "x"], ["2", "y"]]

    def test_a_large_one_is_read_in_pieces(self, tmp_path: Path) -> None:
        items = [{"n": n, "t": "x" * 100, "d": {"e": n}} for n in range(60_000)]
        text = json.dumps({"meta": {"a": 1}, "data": {"rows": items}, "end": "z"})
        made = self.read(tmp_path, text)
        assert made["data.rows"][0] == ["n", "t", "d.e"]
        assert [row[2] for row in made["data.rows"][1:]] == [
            str(n) for n in range(60_000)
        ]
        assert made[""] == [["meta.a", "end"], ["1", "z"]]

    def test_any_encoding(self, tmp_path: Path) -> None:
        path = tmp_path / "t.json"
        for codec in ("utf-8-sig", "utf-16", "utf-16-le", "gb18030"):
            path.write_bytes('[{"校":"示例小学校名"},{"校":"样板"}]'.encode(codec))
            assert sheets(path)[""] == [["校"], ["示例小学校名"], ["样板"]]


class TestDelimited:
    def read(self, path: Path, data: bytes) -> list[list[str | None]]:
        path = path / "t.txt"
        path.write_bytes(data)
        (made,) = sheets(path).values()
        return made

    @pytest.mark.parametrize("delimiter", ["¦", "\x01", "§", "`", "\x02", "؛"])
    def test_rare_delimiters(self, tmp_path: Path, delimiter: str) -> None:
        text = "\n".join(delimiter.join(["学校", f"代码{n}", "区"]) for n in range(6))
        assert self.read(tmp_path, text.encode())[2] == ["学校", "代码2", "区"]

    def test_aligned_columns(self, tmp_path: Path) -> None:
        text = (
            "学校名称      代码    区\n示例小学      101     徐汇区\n"
            "样板中学二部  102     静安区\n"
        )
        assert self.read(tmp_path, text.encode())[1] == ["示例小学", "101", "徐汇区"]

    def test_single_blanks_with_numbers(self, tmp_path: Path) -> None:
        text = "校 代码 区\n甲 101 徐汇\n乙 102 静安\n丙 103 黄浦\n"
        assert self.read(tmp_path, text.encode())[3] == ["丙", "103", "黄浦"]

    def test_names_in_pinyin_are_one_column(self, tmp_path: Path) -> None:
        text = "full name\nZhang San\nLi Si\nWang Wu\n"
        assert self.read(tmp_path, text.encode())[1] == ["Zhang San"]

    def test_a_line_that_names_the_delimiter(self, tmp_path: Path) -> None:
        made = self.read(tmp_path, b"sep=;\r\na;b,c\r\n1;2,3\r\n")
        assert made == [[], ["a", "b,c"], ["1", "2,3"]]

    def test_lines_before_the_table(self, tmp_path: Path) -> None:
        text = "# 数据说明\n# 来源：示例\n" + "a,b,c\n" + "1,2,3\n" * 10
        assert self.read(tmp_path, text.encode())[2:4] == [
            ["a", "b", "c"],
            ["1", "2", "3"],
        ]

    def test_escaped_quotes(self, tmp_path: Path) -> None:
        text = 'a,b\n"x \\"y\\", z",1\n"w",2\n'
        assert self.read(tmp_path, text.encode())[1] == ['x "y", z', "1"]

    def test_cells_with_line_breaks_over_blocks(self, tmp_path: Path) -> None:
        wanted = [["a", "b"]] + [[f"x{n}\ny,\r\n{n}", str(n)] for n in range(40_000)]
        out = io.StringIO(newline="")
        csv.writer(out).writerows(wanted)
        assert self.read(tmp_path, out.getvalue().encode()) == wanted

    def test_a_damaged_text_is_not_taken_for_another_encoding(
        self, tmp_path: Path, check: Callable[..., CheckReport]
    ) -> None:
        path = tmp_path / "t.csv"
        path.write_bytes("校名,区\n示例小学,徐汇\n样板".encode() + b"\xe5\xad,x\n")
        report = check(path)
        assert report.reason is not None
        assert report.reason.code == "encoding"


def test_text_in_utf32(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("校,b\r\n甲,1\r\n乙,2\r\n".encode("utf-32"))
    assert sheets(path)[""][1] == ["甲", "1"]


def test_html_spans_and_broken_markup(tmp_path: Path) -> None:
    path = tmp_path / "t.xls"
    path.write_text(
        "<table><tr><th rowspan=2>校<th colspan=2>数<tr><td>男<td>女"
        "<tr><td>甲<td>1<td>2<tr><td>a&nbsp;b<br>c<td></table>"
    )
    assert sheets(path)[""] == [
        ["校", "数"],
        [None, "男", "女"],
        ["甲", "1", "2"],
        ["a b\nc"],
    ]


def test_zip_members_are_sheets(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    path.write_bytes(as_zip())
    assert list(sheets(path)) == [
        "表/学校.csv",
        "内.zip/内.json/数据",
        "内.zip/内.json",
    ]


def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    path = tmp_path / "t.zip"
    path.write_bytes(as_zip())
    source = open_source(path, path.name, CheckOptions())
    first = next(source.sheets)
    assert next(first.batches)
    assert list(folder.iterdir()) == []


def test_a_spreadsheet_of_2003(
    tmp_path: Path, check: Callable[..., CheckReport]
) -> None:
    path = tmp_path / "t.xls"
    text = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        '<Worksheet ss:Name="名单"><Table>'
        '<Row><Cell><Data ss:Type="String">学校</Data></Cell>'
        '<Cell ss:Index="3"><Data ss:Type="String">数</Data></Cell></Row>'
        '<Row ss:Height="9"><Cell><Data ss:Type="String">示例小学</Data>'
        "<Comment><Data>批注</Data></Comment></Cell>"
        '<Cell ss:Index="3"><Data ss:Type="Number">31</Data></Cell></Row>'
        "</Table></Worksheet></Workbook>"
    )
    path.write_text(text, "utf-8")
    assert sheets(path)["名单"] == [["学校", None, "数"], ["示例小学", None, "31"]]
    assert check(path).verdict == "clear"
    path.write_text(text.replace("批注", resident_id()), "utf-8")
    assert {f.where for f in check(path).findings} == {"comment"}
    path.write_text(text.replace("31<", f"{resident_id()}<"), "utf-8")
    assert {f.where for f in check(path).findings} == {"cell"}
