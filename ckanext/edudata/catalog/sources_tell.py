"""What is shown of likely duplicates and doubtful cases, and who is told of them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog import scope_view, visibility
from ckanext.edudata.catalog.model import EntryVersion
from ckanext.edudata.catalog.model_scope import CatalogLine
from ckanext.edudata.catalog.model_sources import SourceCase
from ckanext.edudata.desensitization import texts
from ckanext.edudata.feedback import telling
from ckanext.edudata.units import people, who_may


def listed(entry_id: str, *, items: bool = False) -> dict[str, Any]:
    """What the catalog for units shows of an entry. Whether, is the caller's to ask."""
    line = model.Session.get(CatalogLine, entry_id)
    version = model.Session.get(EntryVersion, line.version_id) if line else None
    content = (version.content if version else None) or {}
    return scope_view.view(content, texts.FIELDS, items=items)


def shown(item: dict[str, Any]) -> dict[str, Any]:
    """A likely duplicate as `sources_find.likely` gives it, in words."""
    return {
        **listed(item["id"]),
        **{key: item[key] for key in ("id", "unit_id", "grounds", "authoritative")},
        "undecided": item["undecided"],
        "case": case_dict(item["case"]),
        "theirs": case_dict(item["theirs"]),
    }


def case_dict(case: SourceCase | None) -> Any:
    """A case without the people in it."""
    if case is None:
        return None
    return {
        **{
            key: getattr(case, key)
            for key in (
                *("id", "entry_id", "other_id", "grounds", "state", "choice", "reason"),
                *("authority_id", "decision", "decision_reason"),
            )
        },
        "chosen_at": case.chosen_at.isoformat() if case.chosen_at else None,
        "decided_at": case.decided_at.isoformat() if case.decided_at else None,
    }


def line(context: Context, case: SourceCase) -> dict[str, Any]:
    """A case in a list, for the authority that decides it."""
    found = both(context, case)
    this, other = found["this"] or {}, found["other"] or {}
    return {
        "id": case.id,
        "entry_id": case.entry_id,
        "title": this.get("title"),
        "unit_id": this.get("unit_id"),
        "other_title": other.get("title"),
        "other_unit_id": other.get("unit_id"),
        "chosen_at": case.chosen_at.isoformat(),
    }


def both(context: Context, case: SourceCase) -> dict[str, Any]:
    """A case with the metadata of the two, as far as the caller may know of them."""
    return {
        **case_dict(case),
        "this": _known(context, case.entry_id),
        "other": _known(context, case.other_id),
        "may_decide": _may(context, case),
    }


def refusal(waiting: list[dict[str, Any]]) -> list[str]:
    """Why an entry cannot be submitted yet, as sentences that say what to do."""
    asked = [item for item in waiting if item["case"] and item["case"].state == "asked"]
    messages = []
    if len(asked) < len(waiting):
        messages.append(
            tk._(
                "The platform seems to hold the same data already. Say on this page, "
                "under “One data, one source”, how yours differ, refer to the other "
                "one, or have the superior authority decide."
            )
        )
    if asked:
        messages.append(
            tk._("The superior authority has yet to decide which data are the source.")
        )
    return messages


def asked(case: SourceCase, package: model.Package) -> list[str]:
    """Tell the authority; ids of the notices, in the caller's transaction."""
    roles = who_may.roles_for("source_decide")
    return telling.note(
        "source_asked",
        people.responsible(case.authority_id or "", roles, [case.chosen_by or ""]),
        unit_id=case.authority_id or "",
        object_type="entry",
        object_id=package.id,
        detail={"case": case.id},
    )


def decided(case: SourceCase, package: model.Package) -> list[str]:
    """Tell who asked, the compilers of the entry, and those of the other one."""
    told = {case.chosen_by, *people.responsible(package.owner_org or "", ["compiler"])}
    made = telling.note(
        "source_decided",
        sorted(user for user in told if user and model.User.get(user)),
        unit_id=package.owner_org or "",
        object_type="entry",
        object_id=package.id,
        detail={"case": case.id},
    )
    other = model.Package.get(case.other_id)
    if other is None or not other.owner_org:
        return made
    return made + telling.note(
        "source_decided",
        people.responsible(other.owner_org, ["compiler", "reviewer"]),
        unit_id=other.owner_org,
        object_type="entry",
        object_id=other.id,
        detail={"case": case.id},
    )


def queue(notices: list[str]) -> None:
    telling.queue(notices)


def _known(context: Context, entry_id: str) -> dict[str, Any] | None:
    package = model.Package.get(entry_id)
    if package is None or package.state != "active":
        return None
    about = {"id": package.id, "unit_id": package.owner_org}
    if visibility.visible(context, package):
        content = standing.Now(package).content
        own = {**scope_view.view(content, (*texts.FIELDS, *scope_view.WORDS))}
        return {**own, **about, "readable": True}
    try:
        found = tk.get_action("edudata_resource_catalog_show")(
            _plain(context), {"id": package.id}
        )
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return None
    return {**found, "readable": False}


def _may(context: Context, case: SourceCase) -> bool:
    if case.state != "asked":
        return False
    try:
        return bool(
            tk.check_access("edudata_source_decide", _plain(context), {"id": case.id})
        )
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return False


def _plain(context: Context) -> Any:
    keys = ("user", "auth_user_obj")
    return {key: context[key] for key in keys if key in context}
