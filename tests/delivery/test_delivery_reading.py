"""Conditional data leave through a grant and through nothing else."""

from __future__ import annotations

import datetime
import itertools
import json

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckanext.datastore.backend.postgres import get_write_engine

from ckanext.edudata.delivery import grants
from ckanext.edudata.delivery.model import Delivery, Grant
from tests.delivery import conditional

UTC = datetime.timezone.utc
READERS = ("datastore_search", "datastore_info")
DAY = datetime.timedelta(days=1)
pytestmark = [pytest.mark.promise(2), pytest.mark.article(28, 30)]


def search(portal, user, data, **asked):
    return portal.act("datastore_search", user, resource_id=data.resource_id, **asked)


def change(grant, **values):
    model.Session.execute(
        sa.update(Grant).where(Grant.id == grant["id"]).values(**values)
    )
    model.Session.commit()


def deliveries():
    return list(model.Session.scalars(sa.select(Delivery).order_by(Delivery.id)))


def audited(action):
    return model.Session.execute(
        sa.text(
            "SELECT actor_id, outcome, object_id, detail FROM edudata_audit"
            " WHERE action = :action ORDER BY id"
        ),
        {"action": action},
    ).all()


class TestGranted:
    def test_exactly_the_granted_fields_of_all_rows(self, portal, data, grant):
        found = search(portal, portal.researcher, data, limit=1000)
        assert found["total"] == 60
        assert [field["id"] for field in found["fields"]] == ["school", "pupils"]
        assert all(set(row) == {"school", "pupils"} for row in found["records"])
        assert sorted((r["school"], r["pupils"]) for r in found["records"]) == sorted(
            (r["school"], r["pupils"]) for r in data.rows
        )

    def test_the_answer_knows_no_frozen_table_and_no_canary(self, portal, data, grant):
        for records_format in ("objects", "lists", "csv", "tsv"):
            found = search(
                portal, portal.researcher, data, records_format=records_format,
                include_next_page=True, filters={"school": "示例一中"}, limit=1000,
            )  # fmt: skip
            text = json.dumps(found, ensure_ascii=False, default=str)
            assert data.table_id not in text
            assert conditional.CANARY not in text
            assert "_id" not in {field["id"] for field in found["fields"]}
            assert "next_page" not in found
            assert found["resource_id"] == data.resource_id

    def test_order_does_not_tell_of_a_hidden_column(self, portal, data, grant):
        found = search(portal, portal.researcher, data, limit=1000)
        pairs = [(row["school"], row["pupils"]) for row in found["records"]]
        assert pairs != [(row["school"], row["pupils"]) for row in data.rows]
        by_school = [school for school, _ in pairs]
        assert by_school == sorted(by_school, key=by_school.index)

    def test_pages_neither_overlap_nor_miss(self, portal, data, grant):
        pages = []
        for offset in range(0, 60, 7):
            page = search(portal, portal.researcher, data, limit=7, offset=offset)
            pages += [(row["school"], row["pupils"]) for row in page["records"]]
        assert sorted(pages) == sorted((r["school"], r["pupils"]) for r in data.rows)

    def test_granted_fields_may_filter_sort_search_and_count(self, portal, data, grant):
        one = search(portal, portal.researcher, data, filters={"school": "示例一中"})
        assert one["total"] == sum(r["school"] == "示例一中" for r in data.rows)
        big = search(
            portal, portal.researcher, data, filters={"pupils": {"gt": 300}}, limit=99
        )
        assert big["total"] == sum(r["pupils"] > 300 for r in data.rows)
        top = search(portal, portal.researcher, data, sort="pupils desc", limit=1)
        assert top["records"][0]["pupils"] == max(r["pupils"] for r in data.rows)
        names = search(portal, portal.researcher, data, fields="school", distinct=True)
        assert len(names["records"]) == names["total"] == 3
        found = search(portal, portal.researcher, data, q={"school": "示例一中"})
        assert found["total"] == one["total"]

    def test_it_is_on_record_before_it_is_given(self, portal, data, grant):
        search(portal, portal.researcher, data, limit=5, filters={"school": "示例一中"})
        (row,) = deliveries()
        assert row.user_id == portal.researcher["id"]
        assert (row.grant_id, row.rows, row.way) == (grant["id"], 5, "interface")
        assert (row.fields, row.filter_keys) == (["school", "pupils"], ["school"])
        assert row.content_digest == data.digest
        (audit,) = audited("delivery")
        assert audit.outcome == "done"
        assert audit.detail["delivery"] == row.id

    def test_nothing_leaves_when_it_cannot_be_recorded(self, portal, data, grant):
        with model.ensure_engine().begin() as connection:
            connection.execute(
                sa.text(
                    "ALTER TABLE edudata_delivery"
                    " ADD CONSTRAINT broken CHECK (rows < 0)"
                )
            )
        try:
            with pytest.raises(sa.exc.IntegrityError):
                search(portal, portal.researcher, data)
        finally:
            with model.ensure_engine().begin() as connection:
                connection.execute(
                    sa.text("ALTER TABLE edudata_delivery DROP CONSTRAINT broken")
                )
        assert deliveries() == []

    def test_info_shows_the_granted_fields_only(self, portal, data, grant):
        info = portal.act(
            "datastore_info", portal.researcher, resource_id=data.resource_id
        )
        assert [field["id"] for field in info["fields"]] == ["school", "pupils"]
        assert info["meta"] == {
            "id": data.resource_id,
            "count": 60,
            "table_type": "BASE TABLE",
            "aliases": [],
        }
        assert data.table_id not in json.dumps(info)

    def test_granted_rows_only(self, portal, data):
        conditional.given(portal, data, rows={"grade": ["1年级", "2年级"]})
        mine = [row for row in data.rows if row["grade"] in ("1年级", "2年级")]
        found = search(portal, portal.researcher, data)
        assert found["total"] == len(mine) > 0
        assert "grade" not in str(found)
        either = [
            {"school": "示例一中"},
            {"school": "示例二中"},
            {"school": "示例三中"},
        ]
        assert search(portal, portal.researcher, data, filters=either)["total"] == len(
            mine
        )
        info = portal.act(
            "datastore_info", portal.researcher, resource_id=data.resource_id
        )
        assert info["meta"]["count"] == len(mine)

    def test_whole_rows_may_be_searched_when_whole_rows_are_granted(self, portal, data):
        every = list(conditional.COLUMNS)
        conditional.given(portal, data, fields=every)
        found = search(portal, portal.researcher, data, q="示例一中", fields=["school"])
        assert found["total"] == sum(r["school"] == "示例一中" for r in data.rows)
        same = search(
            portal, portal.researcher, data, full_text="示例一中", fields="school"
        )
        assert [field["id"] for field in same["fields"]] == ["school"]

    def test_a_quota_is_kept(self, portal, data):
        conditional.given(portal, data, quota_rows=10)
        assert len(search(portal, portal.researcher, data, limit=8)["records"]) == 8
        with pytest.raises(tk.NotAuthorized, match="10"):
            search(portal, portal.researcher, data, limit=3)
        assert len(search(portal, portal.researcher, data, limit=2)["records"]) == 2
        with pytest.raises(tk.NotAuthorized):
            search(portal, portal.researcher, data, limit=1)
        assert sum(row.rows for row in deliveries()) == 10
        assert [row.outcome for row in audited("delivery")].count("denied") == 2


WRONG = {
    "fields": {"fields": ["school", "score"]},
    "fields_text": {"fields": "score"},
    "id": {"fields": "_id"},
    "filters": {"filters": {"score": conditional.CANARY}},
    "filters_text": {"filters": '{"score": {"gt": 90}}'},
    "filters_or": {"filters": [{"school": "x"}, {"$and": [{"score": 1}]}]},
    "filters_id": {"filters": {"_id": {"lt": 3}}},
    "sort": {"sort": "score desc"},
    "sort_id": {"sort": "_id"},
    "q_field": {"q": {"score": conditional.CANARY}},
    "q": {"q": conditional.CANARY},
    "q_grade": {"q": "9年级", "plain": False},
    "full_text": {"full_text": conditional.CANARY, "fields": ["school"]},
    "distinct": {"fields": ["score"], "distinct": True},
}


class TestRefused:
    def test_a_field_not_granted_answers_no_question(self, portal, data, grant):
        for asked in WRONG.values():
            with pytest.raises(tk.NotAuthorized) as error:
                search(portal, portal.researcher, data, **asked)
            assert data.table_id not in str(error.value)
        assert deliveries() == []
        outcomes = [row.outcome for row in audited("delivery")]
        assert outcomes == ["denied"] * len(WRONG)

    def test_without_a_grant_the_sentence_says_how_to_apply(self, portal, data):
        for user in (None, portal.stranger, portal.reviewer, portal.researcher):
            with pytest.raises(tk.NotAuthorized, match="dataset/xuexiao-chengji"):
                search(portal, user, data)
        assert [row.actor_id for row in audited("delivery")] == [
            portal.stranger["id"],
            portal.reviewer["id"],
            portal.researcher["id"],
        ]

    def test_an_application_is_no_grant(self, portal, data):
        conditional.in_review(portal, data)
        with pytest.raises(tk.NotAuthorized):
            search(portal, portal.researcher, data)

    def test_a_grant_is_its_holders_only(self, portal, data, grant):
        for user in (None, portal.stranger, portal.reviewer):
            for action in READERS:
                with pytest.raises(tk.NotAuthorized):
                    portal.act(action, user, resource_id=data.resource_id)

    def test_the_period_is_judged_at_each_read(self, portal, data, grant):
        now = datetime.datetime.now(UTC)
        change(grant, until=now - DAY)
        with pytest.raises(tk.NotAuthorized, match=r"\d{4}-\d\d-\d\d"):
            search(portal, portal.researcher, data)
        change(grant, starts=now + DAY, until=now + 2 * DAY)
        with pytest.raises(tk.NotAuthorized):
            search(portal, portal.researcher, data)
        change(grant, starts=now - DAY)
        assert search(portal, portal.researcher, data)["total"] == 60

    @pytest.mark.parametrize("state", ["frozen", "revoked", "ended", "expired"])
    def test_whatever_ends_it_works_at_once(self, portal, data, grant, state):
        conditional.moved(grant, state)
        for action in READERS:
            with pytest.raises(tk.NotAuthorized) as error:
                portal.act(action, portal.researcher, resource_id=data.resource_id)
            assert "xuexiao-chengji" in str(error.value)
        if state == "frozen":
            conditional.moved(grant, "active")
            assert search(portal, portal.researcher, data)["total"] == 60

    def test_a_stopped_dataset_is_read_by_nobody(self, portal, data, grant):
        portal.act("edudata_stop", portal.reviewer, id=data.id, reason="停止开放。")
        for user in (portal.researcher, portal.stranger, None):
            with pytest.raises(tk.NotAuthorized) as error:
                search(portal, user, data)
            assert str(error.value) == tk._(grants.STOPPED.msgid)

    def test_an_error_of_the_database_tells_nothing(self, portal, data, grant):
        with pytest.raises(tk.ValidationError) as error:
            search(portal, portal.researcher, data, filters={"pupils": "many"})
        text = json.dumps(error.value.error_dict, ensure_ascii=False)
        assert data.table_id not in text
        assert "SELECT" not in text


class TestTablesOfNobody:
    """Also system administrators and calls that ignore auth reach no frozen table."""

    def contexts(self):
        admin = factories.Sysadmin()
        return [
            {"user": ""},
            {"user": admin["name"]},
            {"user": admin["name"], "ignore_auth": True},
            {"ignore_auth": True},
        ]

    def test_the_frozen_table(self, portal, data, grant):
        for context, action in itertools.product(self.contexts(), READERS):
            for asked in (
                {"resource_id": data.table_id},
                {"id": data.table_id},
                {"resource_id": data.resource_id, "id": data.table_id},
            ):
                with pytest.raises(tk.ObjectNotFound):
                    tk.get_action(action)(dict(context), dict(asked))

    def test_metadata_aliases_and_what_is_no_id(self, portal, data):
        with get_write_engine().begin() as connection:
            connection.execute(
                sa.text(f'CREATE VIEW "claimed" AS SELECT * FROM "{data.table_id}"')
            )
            connection.execute(sa.text('GRANT SELECT ON "claimed" TO PUBLIC'))
        try:
            for context, action in itertools.product(self.contexts(), READERS):
                for name in ("_table_metadata", "_table_stats", "claimed", "pg_user"):
                    with pytest.raises(tk.ObjectNotFound):
                        tk.get_action(action)(dict(context), {"resource_id": name})
        finally:
            with get_write_engine().begin() as connection:
                connection.execute(sa.text('DROP VIEW "claimed"'))
        for action, odd in itertools.product(READERS, ("", None, 5, ["x"], {"a": 1})):
            with pytest.raises(tk.ValidationError):
                tk.get_action(action)({"ignore_auth": True}, {"resource_id": odd})

    def test_a_resource_named_like_a_frozen_table(self, portal, data):
        entry = portal.entry()
        portal.act(
            "resource_create", portal.compiler, package_id=entry["id"], url="",
            name=data.table_id,
        )  # fmt: skip
        for user in (portal.compiler, None):
            for action in READERS:
                with pytest.raises(tk.ObjectNotFound):
                    portal.act(action, user, resource_id=data.table_id)
