"""Fixtures of all rooms: a clean portal with its people, and an entry's whole life."""

from __future__ import annotations

import copy
import io
import logging
from types import SimpleNamespace
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.search import clear_all
from ckan.plugins import plugin_loaded
from ckan.plugins.core import _PLUGINS
from ckan.tests import factories
from hypothesis import HealthCheck, settings
from werkzeug.datastructures import FileStorage

from ckanext.edudata.desensitization import jobs
from ckanext.edudata.desensitization.model import Check
from tests import quick

# How fast examples come says something of the machine and nothing of the portal.
settings.register_profile(
    "portal", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("portal")


_loaded = quick.Loaded()
_clean: dict[Any, quick.Rows] = {}
_portals: dict[Any, Any] = {}


@pytest.fixture
def with_plugins(ckan_config: Any, provide_plugin: Any, request: Any) -> None:
    """The plugins that `ckan.plugins` names, and those of the mark."""
    marks = request.node.iter_markers("with_plugins")
    named = [name for mark in marks for name in mark.args]
    if named:
        ckan_config["ckan.plugins"] = [*tk.aslist(ckan_config["ckan.plugins"]), *named]
    _loaded.plugins()


@pytest.fixture
def app(ckan_config: Any) -> Any:
    """CKAN's application with a client of its own."""
    return _loaded.application()


@pytest.fixture
def clean_db(with_plugins: Any, reset_db: Any, migrate_db_for: Any) -> None:
    """Empty databases."""
    key = tuple(_PLUGINS)
    if key in _clean:
        _clean[key].put_back()
    else:
        empty(reset_db, migrate_db_for)
        _clean[key] = quick.Rows()
    quick.drop_datastore_tables()


def empty(reset_db: Any, migrate_db_for: Any) -> None:
    """The trail refuses to be emptied, so its guards are lifted."""
    guards("DISABLE")
    reset_db()
    for plugin in ("edudata", "activity"):
        if plugin_loaded(plugin):
            migrate_db_for(plugin)
    # CKAN's own migrations configure logging anew and silence every logger there was.
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.disabled = False
    guards("ENABLE")


def guards(change: str) -> None:
    """Lift or put back the guards of tables that refuse to be changed or emptied."""
    with model.ensure_engine().begin() as connection:
        for table in connection.scalars(sa.text(quick.GUARDED)).all():
            connection.execute(sa.text(f"ALTER TABLE {table} {change} TRIGGER USER"))


def make_unit(name: str, title: str, kind: str, superior: str = "") -> dict[str, Any]:
    return tk.get_action("organization_create")(
        {"ignore_auth": True, "user": site_user()},
        {"name": name, "title": title, "kind": kind, "superior": superior},
    )


def site_user() -> str:
    return tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]


def give(user: dict[str, Any], role: str, unit: dict[str, Any]) -> None:
    tk.get_action("edudata_role_give")(
        {"ignore_auth": True, "user": site_user()},
        {"user_id": user["id"], "unit_id": unit["id"], "role": role},
    )


class Portal(SimpleNamespace):
    """Units and people, and the commands of an entry's life as they give them."""

    def act(self, action: str, user: dict[str, Any] | None, /, **data: Any) -> Any:
        """Call an action as a person would through the API."""
        context: Any = {"user": user["name"] if user else ""}
        if user:
            context["auth_user_obj"] = model.User.get(user["id"])
        return tk.get_action(action)(context, data)

    def entry(self, user: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
        values = {
            "type": "entry",
            "title": "普通高等学校名单",
            "notes": "本市普通高等学校的名称、代码和办学层次。",
            "owner_org": self.bureau["id"],
            "subject_database": "school",
            "update_cycle": "annual",
            "opening_class": "unconditional",
            "sharing_class": "unconditional",
            "data_class": "management",
            "data_grade": "general",
            "no_state_secret": "true",
            **data,
        }
        return self.act("package_create", user or self.compiler, **values)

    def upload(
        self, entry: dict[str, Any], name: str, content: bytes, **data: Any
    ) -> dict[str, Any]:
        return self.act(
            "resource_create",
            self.compiler,
            package_id=entry["id"],
            upload=self.file(name, content),
            **data,
        )

    @staticmethod
    def file(name: str, content: bytes | str) -> FileStorage:
        data = content.encode() if isinstance(content, str) else content
        return FileStorage(io.BytesIO(data), name, "upload")

    def work(self) -> None:
        """Do what the worker would: run all queued checks."""
        while True:
            ids = list(
                model.Session.scalars(
                    sa.select(Check.id).where(Check.state == "queued")
                )
            )
            if not ids:
                return
            for check_id in ids:
                jobs.run_check(check_id)
                left = model.Session.get(Check, check_id)
                if left is not None and left.state == "queued":
                    # Outdated by a later one: not ours to run.
                    model.Session.delete(left)
                    model.Session.commit()

    def approved(self, entry: dict[str, Any]) -> dict[str, Any]:
        self.work()
        self.act("edudata_entry_submit", self.compiler, id=entry["id"])
        return self.act("edudata_entry_approve", self.reviewer, id=entry["id"])

    def released(self, entry: dict[str, Any], **data: Any) -> dict[str, Any]:
        self.approved(entry)
        return self.act("edudata_release", self.reviewer, id=entry["id"], **data)


@pytest.fixture
def portal(with_plugins: Any, request: pytest.FixtureRequest) -> Portal:
    """An empty portal with a small tree of units and people in their roles."""
    clear_all()
    key = _loaded.asked
    if key in _portals:
        kept, rows = _portals[key]
        rows.put_back()
        quick.drop_datastore_tables()
        return copy.deepcopy(kept)
    request.getfixturevalue("clean_db")
    made = _made()
    _portals[key] = (copy.deepcopy(made), quick.Rows())
    return made


def _made() -> Portal:
    commission = make_unit("shjw", "上海市教育委员会", "municipal_commission")
    bureau = make_unit("xh", "徐汇区教育局", "district_bureau", commission["id"])
    other = make_unit("cn", "长宁区教育局", "district_bureau", commission["id"])
    school = make_unit("xhsy", "徐汇区示例小学", "school", bureau["id"])
    people = {
        name: factories.User(name=name.replace("_", "-"))
        for name in (
            "compiler",
            "reviewer",
            "second_reviewer",
            "security_officer",
            "technician",
            "coordinator",
            "outsider",
            "researcher",
            "stranger",
        )
    }
    for role in ("compiler", "reviewer", "security_officer", "technician"):
        give(people[role], role, bureau)
    give(people["second_reviewer"], "reviewer", bureau)
    give(people["coordinator"], "coordinator", commission)
    give(people["outsider"], "compiler", other)
    return Portal(
        commission=commission, bureau=bureau, other=other, school=school, **people
    )
