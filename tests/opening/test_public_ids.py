"""Public ids stay from version to version, also when the form of the file changes."""

from __future__ import annotations

import io

import xlsxwriter
from werkzeug.datastructures import FileStorage

from ckanext.edudata.opening.naming import carried_ids

ROWS = [["序号", "学校名称", "学校标识码"], ["1", "甲大学", "4131010001"]]


class TestCarriedIds:
    def test_keeps_what_is_known(self):
        assert carried_ids({"f#甲": "1"}, ["f#甲"]) == {"f#甲": "1"}

    def test_a_file_with_one_table_keeps_its_id_under_another_sheet(self):
        known = {"f#甲": "1", "f#甲#sample": "2", "g#乙": "3"}
        found = carried_ids(known, ["f#", "g#乙"])
        assert (found["f#"], found["f##sample"], found["g#乙"]) == ("1", "2", "3")

    def test_does_not_guess_among_several(self):
        assert "f#丙" not in carried_ids({"f#甲": "1", "f#乙": "2"}, ["f#丙"])
        assert "f#乙" not in carried_ids({"f#甲": "1"}, ["f#乙", "f#丙"])

    def test_another_file_is_another_table(self):
        assert "g#甲" not in carried_ids({"f#甲": "1"}, ["g#甲"])


def test_a_correction_in_another_format_keeps_the_public_id(portal):
    def public_ids(dataset_id):
        shown = portal.act("package_show", None, id=dataset_id)
        return [item["id"] for item in shown["resources"]]

    entry = portal.entry()
    text = "\n".join(",".join(row) for row in ROWS) + "\n"
    made = portal.upload(entry, "名单.csv", text.encode())
    dataset_id = portal.released(entry)["dataset_id"]
    before = public_ids(dataset_id)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("更正后的名单")
    for number, row in enumerate([ROWS[0], ["1", "丙大学", "4131010001"]]):
        sheet.write_row(number, 0, row)
    book.close()
    portal.act(
        "resource_patch",
        portal.compiler,
        id=made["id"],
        upload=FileStorage(io.BytesIO(stream.getvalue()), "更正.xlsx", "upload"),
    )
    assert portal.released(entry)["dataset_id"] == dataset_id
    assert public_ids(dataset_id) == before
    found = portal.act("datastore_search", None, resource_id=before[0])
    assert found["records"][0]["学校名称"] == "丙大学"
