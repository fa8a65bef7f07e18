"""What the tests of catalogs share: approved entries, and people in their roles."""

from __future__ import annotations

import datetime
from typing import Any

from ckan import model
from ckan.tests import factories

from ckanext.edudata.catalog import content as contents
from ckanext.edudata.catalog.model import EntryVersion
from ckanext.edudata.desensitization import rules, texts
from ckanext.edudata.desensitization.model import Clearance
from tests.conftest import give, make_unit


def approved(portal: Any, unit: dict[str, Any], title: str, **fields: Any) -> str:
    """An entry with an approved version; its id."""
    person = fields.pop("by", portal.compiler)
    cleared = fields.pop("cleared", True)
    entry = portal.entry(person, title=title, owner_org=unit["id"], **fields)
    version(entry["id"], title=title, cleared=cleared, **fields)
    return entry["id"]


def version(
    entry_id: str, state: str = "approved", *, cleared: bool = True, **fields: Any
) -> EntryVersion:
    """One more version of an entry, as its reviewer and the check left it."""
    package = model.Package.get(entry_id)
    assert package is not None
    shown = {"title": package.title, "notes": package.notes, **package.extras}
    held = contents.of_entry({**shown, **fields, "resources": []}, {})
    number = model.Session.query(EntryVersion).filter_by(entry_id=entry_id).count() + 1
    row = EntryVersion(
        entry_id=entry_id,
        number=number,
        state=state,
        digest=contents.digest(held),
        content=held,
        compilers=[],
        decided_at=datetime.datetime.now(datetime.timezone.utc),
    )
    model.Session.add(row)
    if cleared:
        clear(entry_id, texts.digest(texts.of_content(held)))
    model.Session.commit()
    return row


def clear(entry_id: str, digest: str) -> None:
    """The clearance that a check of these words would give."""
    model.Session.add(
        Clearance(
            check_id="-",
            entry_id=entry_id,
            resource_id=entry_id,
            sha256=digest,
            ruleset=rules.code(),
            permits="unconditional",
            tables=[],
            basis={"k": 1000, "small_cell": 1000, "rule": None, "exceptions": []},
        )
    )


def staffed(portal: Any) -> Any:
    """The portal with a leader, a district coordinator and a department."""
    for name, role, unit in (
        ("leader", "leader", portal.bureau),
        ("clerk", "coordinator", portal.bureau),
        ("chief", "leader", portal.commission),
        ("engineer", "technician", portal.commission),
        ("teacher", "compiler", portal.school),
    ):
        person = factories.User(name=name, fullname=f"示例{name}")
        give(person, role, unit)
        setattr(portal, name, person)
    portal.office = make_unit("jjk", "基础教育科", "department", portal.bureau["id"])
    return portal


def submitted(portal: Any, unit: dict[str, Any]) -> dict[str, Any]:
    """A unit's catalog, prepared and submitted."""
    made = portal.act("edudata_catalog_prepare", portal.compiler, unit_id=unit["id"])
    return portal.act("edudata_catalog_submit", portal.reviewer, id=made["id"])


def published(portal: Any, *units: dict[str, Any]) -> dict[str, Any]:
    """The district's catalog, on its whole way."""
    for unit in units:
        submitted(portal, unit)
    level = portal.act(
        "edudata_catalog_consolidate", portal.clerk, unit_id=portal.bureau["id"]
    )
    portal.act("edudata_catalog_ask_consent", portal.clerk, id=level["id"])
    portal.act("edudata_catalog_consent", portal.leader, id=level["id"])
    return portal.act("edudata_catalog_publish", portal.technician, id=level["id"])
