"""Desensitized data in the portal: made again, killed, not led back."""

from __future__ import annotations

import csv
import io
import json
import logging

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.desensitization import makings
from ckanext.edudata.desensitization.making_model import Making
from tests.desensitization.rosters import roster

pytestmark = pytest.mark.usefixtures("with_plugins")


def text_of(table):
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue().encode()


def numbered(rows=60, seed=1):
    """A roster with student numbers and remarks."""
    table = roster(rows, seed)
    table[0] += ["学号", "备注"]
    for number, row in enumerate(table[1:]):
        row += [f"2024{number:06d}", f"已致电家长{row[5]}" if number % 9 == 0 else ""]
    return table


@pytest.fixture
def made(portal):
    portal.table = numbered()
    portal.item = portal.entry(
        title="七年级学业情况",
        opening_class="conditional",
        opening_ground="security_demands",
        opening_condition="用于教育研究。",
        data_class="personal",
    )
    portal.raw = portal.upload(portal.item, "三班花名册.csv", text_of(portal.table))
    portal.work()
    return portal


def make(portal, **data):
    return portal.act(
        "edudata_desensitize",
        data.pop("user", portal.compiler),
        resource_id=portal.raw["id"],
        **data,
    )


def resources(portal):
    shown = portal.act("package_show", portal.compiler, id=portal.item["id"])
    return [item for item in shown["resources"] if item.get("desensitized_from")]


def bytes_of(portal, resource_id):
    check = portal.act("edudata_check_show", portal.compiler, resource_id=resource_id)
    assert check["state"] == "done"
    rows = portal.act(
        "datastore_search", portal.compiler, resource_id=resource_id, limit=1000
    )
    return json.dumps(rows["records"], ensure_ascii=False), check


def test_the_preset_lets_nobody_out(made):
    new = make(made)
    made.work()
    text, check = bytes_of(made, new["id"])
    assert check["verdict"] == "restricted"
    for row in made.table[1:]:
        assert not any(row[place] in text for place in (0, 2, 3, 5, 8))
    kept = json.dumps(new, ensure_ascii=False)
    for row in made.table[1:]:
        assert not any(row[place] in kept for place in (0, 2, 3, 5, 8))


def test_made_again_from_a_corrected_file_it_is_the_same_resource(made):
    first = make(made)
    released = made.released(made.item)
    before = made.act("package_show", None, id=released["dataset_id"])["resources"]
    made.act(
        "resource_update",
        made.compiler,
        **{**made.raw, "upload": made.file("更正.csv", text_of(numbered(80, 1)))},
    )
    made.work()
    second = make(made)
    assert second["id"] == first["id"]
    assert [item["id"] for item in resources(made)] == [first["id"]]
    again = made.released(made.item)
    assert again["version"] == 2
    after = made.act("package_show", None, id=released["dataset_id"])["resources"]
    assert {(r["id"], r["kind"]) for r in before} == {
        (r["id"], r["kind"]) for r in after
    }


def test_nothing_public_leads_back(made):
    new = make(made)
    released = made.released(made.item)
    shown = made.act("package_show", None, id=released["dataset_id"])
    text = json.dumps(shown, ensure_ascii=False)
    for trace in (made.raw["id"], new["id"], "花名册", "desensitized_from", "三班"):
        assert trace not in text
    data = next(r for r in shown["resources"] if r["kind"] == "conditional")
    assert "出生日期" in data["description"]


def test_pseudonyms_are_the_same_within_an_entry_and_others_elsewhere(made, caplog):
    caplog.set_level(logging.DEBUG)

    def codes(item, raw):
        made.item, made.raw = item, raw
        new = make(made)
        made.work()
        rows = made.act(
            "datastore_search", made.compiler, resource_id=new["id"], limit=1000
        )
        return new, {row["代号"] for row in rows["records"]}

    _, one = codes(made.item, made.raw)
    second = made.upload(made.item, "另一份.csv", text_of(made.table))
    made.work()
    _, same = codes(made.item, second)
    other = made.entry(title="另一个年级")
    raw = made.upload(other, "名册.csv", text_of(made.table))
    made.work()
    new, elsewhere = codes(other, raw)
    assert one == same
    assert not one & elsewhere
    key = makings.key_of(other["id"]).hex()
    rows = model.Session.execute(sa.text("SELECT row_to_json(m) FROM edudata_making m"))
    kept = json.dumps([row[0] for row in rows], ensure_ascii=False)
    secret = str(tk.config["SECRET_KEY"])
    for place in (json.dumps(new), kept, caplog.text):
        assert key not in place
        assert secret not in place


class TestLarge:
    @pytest.fixture
    def large(self, made, monkeypatch):
        monkeypatch.setattr(makings, "LARGE", 50)
        made.queued = []
        monkeypatch.setattr(makings, "queue", made.queued.append)
        return made

    def test_it_is_made_by_a_job(self, large):
        answer = make(large)
        assert (answer["state"], answer["result"]) == ("queued", None)
        assert resources(large) == []
        shown = large.act(
            "edudata_desensitization_show", large.compiler, resource_id=large.raw["id"]
        )
        assert shown["tables"][0]["large"]
        assert shown["tables"][0]["made"]["state"] == "queued"
        with pytest.raises(tk.ValidationError):
            make(large)
        makings.run(large.queued[0])
        assert len(resources(large)) == 1
        makings.run(large.queued[0])
        assert len(resources(large)) == 1

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_a_killed_worker_loses_nothing(self, large, monkeypatch, when):
        make(large)
        keep = makings._keep
        record = makings.trail.record

        class Killed(BaseException):
            pass

        def killed(*args, **kwargs):
            raise Killed

        where = "_keep" if when == "before" else None
        if where:
            monkeypatch.setattr(makings, "_keep", killed)
        else:
            monkeypatch.setattr(makings.trail, "record", killed)
        with pytest.raises(Killed):
            makings.run(large.queued[0])
        model.Session.rollback()
        monkeypatch.setattr(makings, "_keep", keep)
        monkeypatch.setattr(makings.trail, "record", record)
        model.Session.execute(
            sa.update(Making).values(beat_at=sa.text("now() - interval '2 minutes'"))
        )
        model.Session.commit()
        before = len(large.queued)
        tk.get_action("edudata_check_requeue")({"ignore_auth": True}, {})
        assert len(large.queued) == before + 1
        makings.run(large.queued[-1])
        assert len(resources(large)) == 1
        assert model.Session.scalar(sa.select(Making.state)) == "done"

    def test_the_preview_looks_at_the_first_rows(self, large):
        seen = large.act(
            "edudata_desensitization_preview",
            large.compiler,
            resource_id=large.raw["id"],
        )
        assert seen["of"] == 50
        assert seen["result"]["rows"] + seen["result"]["left_out"] == 50


def test_what_cannot_be_made_is_refused_in_words(made):
    columns = dict.fromkeys(made.table[0], "drop")
    with pytest.raises(tk.ValidationError):
        make(made, plan={"columns": columns})
    columns["身份证号"] = "pseudonymise"
    columns["出生日期"] = "keep"
    with pytest.raises(tk.ValidationError) as error:
        make(made, plan={"columns": columns, "k": 5})
    assert error.value.error_dict["plan"]
    assert resources(made) == []
    # A plan that was refused is no obstacle to a better one.
    assert make(made)["state"] == "done"


def test_what_is_purged_is_forgotten(made):
    make(made)
    marked = [[*row] for row in made.table]
    marked[3][9] = "绝密★10年"
    made.act(
        "resource_update",
        made.compiler,
        **{**made.raw, "upload": made.file("更正.csv", text_of(marked))},
    )
    made.work()
    assert model.Session.scalars(sa.select(Making)).all() == []


def test_outsiders_learn_nothing(made):
    for user in (made.outsider, made.stranger, None):
        for action in (
            "edudata_desensitize",
            "edudata_desensitization_show",
            "edudata_desensitization_preview",
        ):
            with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
                made.act(action, user, resource_id=made.raw["id"])


def test_a_table_without_a_header_names_nobody(portal):
    rows = [row[:4] for row in roster(40, 5)[1:]]
    portal.item = portal.entry(title="名单", data_class="personal")
    portal.raw = portal.upload(portal.item, "x.csv", text_of(rows))
    portal.work()
    shown = portal.act(
        "edudata_desensitization_show", portal.compiler, resource_id=portal.raw["id"]
    )
    seen = portal.act(
        "edudata_desensitization_preview",
        portal.compiler,
        resource_id=portal.raw["id"],
    )
    del seen["examples"], seen["rows"]
    new = make(portal)
    text = json.dumps([shown, seen, new], ensure_ascii=False)
    for row in rows:
        assert row[0] not in text
        assert row[3] not in text


class TestPage:
    @pytest.fixture
    def visit(self, made, app):
        from ckan.tests import factories

        token = factories.APIToken(user=made.compiler["name"])
        headers = {"Authorization": token["token"]}
        path = f"/entry/{made.item['name']}/desensitize/{made.raw['id']}"

        def go(method="get", **data):
            return getattr(app, method)(
                path, headers=headers, follow_redirects=False, **data
            )

        return go

    def test_it_shows_before_and_after_and_the_risk(self, visit, made):
        page = visit()
        assert page.status_code == 200
        for word in ("出生日期", "代号", made.table[1][2], "<b>2"):
            assert word in page.body

    def test_it_keeps_what_was_typed(self, visit):
        data = {"do": "preview", "k": "fünf", "step-1": "drop", "small": "7"}
        page = visit("post", data=data)
        assert page.status_code == 422
        assert 'value="fünf"' in page.body
        assert 'value="7"' in page.body

    def test_it_makes_them(self, visit, made):
        columns = len(made.table[0])
        data = {"do": "make", "step-1": "keep", "step-6": "keep", "k": "5"}
        data |= {f"step-{n}": "drop" for n in range(columns) if f"step-{n}" not in data}
        page = visit("post", data=data)
        assert page.status_code == 302
        assert len(resources(made)) == 1
