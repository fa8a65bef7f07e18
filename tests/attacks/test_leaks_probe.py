"""The leak self-test finds nothing on a clean portal, and each guard's absence."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import ckan.plugins.toolkit as tk
import click
import pytest
import sqlalchemy as sa
from ckan import authz, model
from ckan.lib import files
from click.testing import CliRunner

from ckanext.edudata import settings
from ckanext.edudata.catalog import (
    action_activity,
    action_veiled,
    scope_search,
    scope_view,
    veil,
    visibility,
)
from ckanext.edudata.delivery import cli_leaks, grants, tables, tokens
from ckanext.edudata.delivery.leaks import families, judging, persons, telling, timing
from ckanext.edudata.delivery.leaks.running import Result
from ckanext.edudata.delivery.leaks.things import Answer, Leak, Needle
from ckanext.edudata.guard import privately
from ckanext.edudata.opening import versions
from ckanext.edudata.requests import who
from tests.attacks.conftest import CANARY

ACTIVITY = "edudata scheming_datasets scheming_organizations datastore dcat activity"


def _allow(patch: Any, *names: str) -> None:
    """Let everybody call these actions."""
    authz.auth_functions_list()
    for name in names:
        patch.setitem(authz._AuthFunctions._functions, name, _allowed)


@tk.auth_allow_anonymous_access
def _allowed(context: Any, data_dict: Any) -> Any:
    return {"success": True}


def _labels(patch: Any) -> None:
    every = [visibility.PUBLIC]
    units = model.Session.query(model.Group.id).filter_by(is_organization=True)
    every += [f"edudata-unit-{unit_id}" for (unit_id,) in units]
    patch.setattr(visibility, "user_labels", lambda user: every)


def _readable_tables(patch: Any) -> None:
    patch.setattr(tables, "ordinary", lambda id: tables.Place(version=id))
    patch.setattr(tables, "place", lambda id, context: tables.Place(version=id))
    patch.setattr(tables, "conditional", lambda id, context: None)


def _told_digests(patch: Any) -> None:
    inner = versions.public_version

    def public_version(row: Any) -> Any:
        shown = inner(row)
        for each, known in zip(
            shown["resources"], versions._resources(row.id), strict=True
        ):
            each["content_digest"] = known.content_digest
        return shown

    patch.setattr(versions, "public_version", public_version)


def _served_storage(patch: Any) -> None:
    patch.setattr(files.get_storage(settings.PRIVATE).settings, "public", True)


def _unconfined(patch: Any) -> None:
    patch.setattr(tokens, "bound", lambda: None)


class Guard(NamedTuple):
    """A guard taken away, and what the self-test must then find."""

    name: str
    off: Callable[[Any], None]
    families: set[str]
    who: set[str]
    kind: str
    finds: set[str]


def _set(place: Any, name: str, value: Any) -> Callable[[Any], None]:
    return lambda patch: patch.setattr(place, name, value)


GUARDS = [
    Guard(
        "labels of the index",
        _labels,
        {"search", "feeds", "rdf", "show", "counts", "download"},
        {"anonymous"},
        "entry",
        {"id", "name", "title", "resource", "value", "count", "entry in a search"},
    ),
    Guard(
        "labels of activities",
        _labels,
        {"activity"},
        {"stranger"},
        "entry",
        {"title"},
    ),
    Guard(
        "an activity that is not there",
        _set(action_activity, "_made_up", lambda data: data),
        {"activity"},
        {"anonymous", "member"},
        "entry",
        {"existence"},
    ),
    Guard(
        "the veil",
        _set(veil, "_hidden", lambda context, reference: False),
        {"followers", "task_status", "views"},
        {"stranger", "member"},
        "entry",
        {"existence"},
    ),
    Guard(
        "who sees an entry",
        _set(visibility, "visible", lambda context, package: True),
        {"show", "datastore", "download"},
        {"anonymous"},
        "entry",
        {"title", "value", "resource", "file"},
    ),
    Guard(
        "packages of a unit",
        _set(action_veiled, "_shows", lambda context, package_id: True),
        {"show"},
        {"anonymous"},
        "entry",
        {"id"},
    ),
    Guard(
        "what is public",
        _set(visibility, "is_public", lambda package: True),
        {"show", "rdf"},
        {"stranger"},
        "entry",
        {"title", "resource"},
    ),
    Guard(
        "accounts of those who compile",
        lambda patch: _allow(patch, "user_show"),
        {"show"},
        {"stranger"},
        "entry",
        {"author"},
    ),
    Guard(
        "the sharing scope",
        _set(scope_search, "seen", lambda viewer, known: sa.true()),
        {"catalog"},
        {"member"},
        "entry",
        {"title"},
    ),
    Guard(
        "what the scope shows",
        _set(scope_view, "view", lambda content, read, items=True: dict(content)),
        {"catalog"},
        {"member"},
        "entry",
        {"resource", "digest"},
    ),
    Guard(
        "private storage",
        _served_storage,
        {"uploads"},
        {"anonymous"},
        "entry",
        {"value"},
    ),
    Guard(
        "frozen tables",
        _readable_tables,
        {"datastore"},
        {"anonymous"},
        "conditional",
        {"value"},
    ),
    Guard(
        "tables of what was stopped",
        _readable_tables,
        {"datastore"},
        {"stranger", "holder"},
        "stopped",
        {"value"},
    ),
    Guard(
        "the standing of a grant",
        _set(grants, "standing", lambda terms, now: None),
        {"datastore"},
        {"expired", "frozen", "revoked"},
        "conditional",
        {"value"},
    ),
    Guard(
        "what a token is bound to",
        _unconfined,
        {"datastore"},
        {"bound"},
        "conditional",
        {"value"},
    ),
    Guard(
        "digests of conditional data",
        _told_digests,
        {"show"},
        {"anonymous"},
        "conditional",
        {"digest"},
    ),
    Guard(
        "metadata of a stopped version",
        _set(versions, "metadata", lambda row: row.dataset),
        {"show"},
        {"anonymous"},
        "stopped",
        {"digest"},
    ),
    Guard(
        "who sees an application",
        _set(who, "may_see", lambda request, user_id: True),
        {"applications"},
        {"stranger"},
        "record",
        {"number", "words"},
    ),
    Guard(
        "who sees a grant",
        lambda patch: _allow(patch, "edudata_grant_show", "edudata_delivery_list"),
        {"applications"},
        {"anonymous", "stranger"},
        "record",
        {"existence"},
    ),
    Guard(
        "answers kept by nobody",
        _set(privately, "known", lambda: False),
        {"show"},
        {"stranger"},
        "conditional",
        {"cache"},
    ),
]
"""Every guard that a probe depends on; where two stand behind each other, the inner."""


def _told(found: Result) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for leak in found.leaks:
        told.setdefault(leak.person, set()).add(leak.what)
    return told


@pytest.mark.promise(2, 3)
@pytest.mark.article(28, 36)
@pytest.mark.ckan_config("ckan.plugins", ACTIVITY)
class TestGuards:
    @pytest.mark.parametrize("part", range(4))
    def test_each_is_missed_when_it_is_gone(self, probe, monkeypatch, part):
        """With all of them in place the same questions find nothing: see below."""
        unseen = []
        for guard in GUARDS[part::4]:
            with monkeypatch.context() as patch:
                guard.off(patch)
                found = probe(*guard.families, who=guard.who, kinds={guard.kind})
            told = _told(found)
            assert {leak.family for leak in found.leaks} <= guard.families
            for person in guard.who:
                lacking = guard.finds - told.get(person, set())
                if lacking or not found.probes:
                    unseen.append((guard.name, person, lacking, told.get(person)))
        assert unseen == []


@pytest.mark.promise(2, 3)
@pytest.mark.article(28, 36)
@pytest.mark.ckan_config("ckan.plugins", ACTIVITY)
def test_nothing_leaks_and_nothing_stays(probe, leaky):
    """All families by name, as everybody; afterwards no account is left."""
    before = _census()
    named = {p.family for p in families.known()} | {"counts", "timing"}
    found = probe(*named, sample=1)
    assert telling.lines(found)[-1]
    assert found.leaks == []
    assert found.status == 0, found.unanswered
    people = {person for _, person in found.probes}
    assert people >= {
        *("anonymous", "stranger", "applicant", "expired", "frozen", "revoked"),
        *("holder", "bound", "member"),
    }
    assert {family for family, _ in found.probes} >= named - {"timing"}
    assert len(found.timing) == 2
    assert _census() == before
    said = json.dumps(found.as_dict(), ensure_ascii=False)
    said += "\n".join(telling.lines(found))
    assert CANARY not in said
    assert "canaryvalue" not in said


@pytest.mark.promise(3)
@pytest.mark.ckan_config("ckan.plugins", ACTIVITY)
def test_every_action_and_page_as_a_stranger(probe):
    found = probe(
        families.EVERY_ACTION,
        families.EVERY_PAGE,
        who={"stranger"},
        kinds={"entry", "record"},
        sample=1,
    )
    assert found.leaks == []
    assert found.probes[families.EVERY_ACTION, "stranger"] > 200
    assert found.probes[families.EVERY_PAGE, "stranger"] > 200


def _census() -> dict[str, int]:
    """Rows of all tables but those in which refusals and logins are put on record."""
    kept = {"edudata_audit", "edudata_delivery"}
    names = model.Session.scalars(
        sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ).all()
    found = {
        name: model.Session.scalar(sa.text(f'SELECT count(*) FROM "{name}"'))
        for name in names
        if name not in kept and not name.startswith("edudata_audit")
    }
    model.Session.rollback()
    return found


def _run(*options: str) -> Any:
    """The command as `ckan` gives it, with an application that has no pages."""
    rules = SimpleNamespace(iter_rules=list)
    with click.Context(cli_leaks.leaks) as context:
        context.meta["flask_app"] = SimpleNamespace(url_map=rules)
        return CliRunner().invoke(cli_leaks.leaks, list(options), parent=context)


@pytest.mark.promise(3)
class TestCommand:
    def test_a_portal_that_does_not_answer_is_not_clean(self, portal):
        ran = _run("--url", "http://127.0.0.1:9", "--json")
        assert ran.exit_code == 2
        assert json.loads(ran.stdout)["status"] == 2

    def test_a_leak_is_said_by_exit_status_and_name(self, leaky, served, monkeypatch):
        options = ("--url", served, "--family", "show", "--kind", "entry")
        options += ("--person", "anonymous", "--sample", "2", "--seed", "1")
        assert _run(*options).exit_code == 0
        with monkeypatch.context() as patch:
            patch.setattr(visibility, "visible", lambda context, package: True)
            ran = _run(*options)
        assert ran.exit_code == 1
        assert "show: name" in ran.stdout
        assert CANARY not in ran.output
        rows = model.Session.execute(
            sa.text(
                "SELECT outcome, detail ->> 'leaks' FROM edudata_audit"
                " WHERE action = 'leaks_test' ORDER BY id"
            )
        ).all()
        assert [outcome for outcome, _ in rows] == ["done", "failed"]
        assert rows[0][1] == "0"
        assert int(rows[1][1]) > 0

    def test_two_runs_are_not_on_at_once(self, leaky, served):
        with persons.made([]):
            ran = _run("--url", served, "--family", "show", "--kind", "record")
        assert ran.exit_code == 2

    def test_what_a_killed_run_left_is_swept(self, portal):
        persons._person("stranger")
        model.Session.commit()
        assert persons.remove() == 1
        assert persons.remove() == 0


class TestJudging:
    """The pure part."""

    @pytest.mark.parametrize(
        "text",
        [
            '{"a": "\\u91d1\\u4e1d\\u96c0\\u503c"}',
            "<p>&#37329;&#19997;&#38592;&#20540;</p>",
            "/x?q=%E9%87%91%E4%B8%9D%E9%9B%80%E5%80%BC",
            "金丝雀值",
        ],
    )
    def test_a_value_is_seen_in_every_writing(self, text):
        needle = Needle("value", "金丝雀值")
        assert judging.found([needle], judging.readable(text)) == [needle]

    @pytest.mark.parametrize(
        ("text", "seen"),
        [
            ('{"score": 97.3141}', True),
            ('{"score": "97.3141"}', True),
            ("score,97.3141\n", True),
            ("197.3141", False),
            ("97.31415", False),
        ],
    )
    def test_a_number_is_seen_as_a_whole_only(self, text, seen):
        needle = Needle("value", "97.3141")
        assert bool(judging.found([needle], text)) is seen

    def test_what_changes_by_itself_tells_nothing(self):
        one = Answer(200, '<meta name="csrf" content="a"> 2026-01-01T00:00:00 X')
        two = Answer(200, '<meta name="csrf" content="b"> 2026-01-01T00:00:09 Y')
        assert judging.comparable(one, ["X"]) == judging.comparable(two, ["Y"])
        three = dataclasses.replace(two, status=403)
        assert judging.comparable(one, ["X"]) != judging.comparable(three, ["Y"])

    def test_searches_that_count_entries(self):
        clean = {"result": {"facets": {"dataset_type": {"dataset": 2}}}}
        assert judging.no_entry(json.dumps(clean))
        told = {"result": {"facets": {"capacity": {"public": 2, "private": 1}}}}
        assert not judging.no_entry(json.dumps(told))
        listed = {"result": {"results": [{"private": True}]}}
        assert not judging.no_entry(json.dumps(listed))

    def test_times_set_side_by_side(self):
        same = timing.compared([0.01, 0.02, 0.03, 0.04], [0.01, 0.02, 0.03, 0.04])
        assert same["z"] == 0
        slow = timing.compared([0.05 + n / 1000 for n in range(30)], [0.01] * 30)
        assert slow["z"] > 6
        assert slow["difference_ms"] > 50

    def test_a_leak_is_named_without_what_leaked(self):
        found = Result(leaks=[Leak("show", "anonymous", "entry", "id", "title", "/x")])
        assert found.status == 1
        assert "show: title · entry id · /x (anonymous)" in "\n".join(
            telling.lines(found)
        )
