"""Searching inside a table gives up before it costs the database dearly."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from ckanext.datastore.backend.postgres import get_write_engine, identifier
from sqlalchemy.exc import OperationalError

from ckanext.edudata.portal import preview


def table_of(opened, name):
    package = opened.portal.act("package_show", None, id=name)
    return package["resources"][0]["id"]


def test_a_search_that_takes_too_long_is_given_up(opened, monkeypatch):
    monkeypatch.setattr(preview, "SEARCH_SECONDS", 1)
    table_id = table_of(opened, "xuhui-xiaoxue")
    with get_write_engine().connect() as connection, connection.begin():
        connection.execute(
            sa.text(f"LOCK TABLE {identifier(table_id)} IN ACCESS EXCLUSIVE MODE")
        )
        with pytest.raises(OperationalError):
            preview._matching(table_id, ["学校名称"], ["小学"], 1)


def test_all_words_must_stand_in_a_row_in_any_column(opened):
    table_id = table_of(opened, "xuhui-xiaoxue")
    columns = ["学校名称", "学校标识码"]
    total, rows = preview._matching(table_id, columns, ["第12", "2131010012"], 1)
    assert (total, rows) == (1, [["上海市第12实验小学", "2131010012"]])
    assert preview._matching(table_id, columns, ["第12", "2131010013"], 1) == (0, [])
    for wild in ("%", "_", "\\"):
        assert preview._matching(table_id, columns, [wild], 1) == (0, [])


def test_what_may_not_be_read_has_no_preview(opened):
    package = opened.portal.act("package_show", None, id="xuewei")
    data = next(r for r in package["resources"] if r["kind"] == "conditional")
    assert preview.preview({"user": ""}, data["id"], {}, q="2025") is None
    assert preview.preview({"user": ""}, "no-such-table", {}) is None
