"""An entry's way to its release: submitted, reviewed, returned or approved (Art. 16,
27, 33)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import (
    content,
    deciding,
    listing,
    schema,
    states,
    telling_review,
    veil,
)
from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog.model import EntryVersion
from ckanext.edudata.units import people


@tk.side_effect_free
@veil.veiled
@validate(schema.by_id)
def edudata_entry_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """State of an entry, and what can be done with it now.

    :param id: id or name of the entry
    :returns: `{id, unit_id, state, version, digest, content, compilers, submitted_at,
        reason, decided_at, needs_security, security_at, security_words,
        commands: [...], changes: [...], released, checks: [...]}`; `commands` are
        those that the caller may give now, `released` the content last released
    """
    package = standing.entry(data_dict["id"])
    tk.check_access("edudata_entry_show", context, {"id": package.id})
    now = standing.Now(package)
    return {
        **now.as_dict(),
        "commands": [
            command
            for command in states.TRANSITIONS
            if now.refusal(command, people.actor_id(context), "-") is None
            and deciding.permitted(context, command, now)
        ],
        "checks": now.checks,
    }


@veil.veiled
@validate(schema.by_id)
def edudata_entry_submit(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Submit an entry for review, as it is now.

    A structure that differs from the last version's is marked, and the technician told
    (Art. 14).

    :param id: id of the entry
    :raises ValidationError: a file or the metadata have not been checked to the end
    """
    package = standing.entry(data_dict["id"])
    tk.check_access("edudata_entry_submit", context, {"id": package.id})
    now = standing.locked(package)
    actor = people.actor_id(context)
    now.refuse("submit", actor)
    _all_checked(now)
    tk.get_action("edudata_source_check")(
        {"ignore_auth": True}, {"id": package.id, "refuse": True}
    )
    row = EntryVersion(
        entry_id=package.id,
        number=(now.last.number if now.last else 0) + 1,
        state="submitted",
        digest=now.digest,
        content=now.content,
        compilers=now.compilers,
        submitted_by=actor,
    )
    model.Session.add(row)
    model.Session.flush()
    trail.record(
        "entry_submit",
        actor_id=actor,
        object_type="entry",
        object_id=package.id,
        unit_id=package.owner_org,
        detail={"version": row.number, "digest": row.digest},
    )
    listing.note_submitted(package, row.number)
    telling_review.of_structure(package, row)
    model.Session.commit()
    return edudata_entry_show(context, {"id": package.id})


@veil.veiled
@validate(schema.decision)
def edudata_entry_return(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return an entry for correction, with a reason: the reviewer what was submitted,
    the security officer what waits for the security review.

    :param id: id of the entry
    :param reason: what is to be corrected
    :param digest: of the content that was looked at (optional)
    """
    package = standing.entry(data_dict["id"])
    try:
        tk.check_access("edudata_entry_return", context, {"id": package.id})
    except tk.NotAuthorized:
        tk.check_access("edudata_entry_pass_security", context, {"id": package.id})
    deciding.decide("return", context, package, data_dict)
    return edudata_entry_show(context, {"id": package.id})


@veil.veiled
@validate(schema.decision)
def edudata_entry_approve(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Approve exactly the content that was submitted.

    From a set grade upward a security review follows (Art. 33).

    :param id: id of the entry
    :param digest: of the content the reviewer looked at (optional); another one now
        means that somebody changed it meanwhile
    """
    package = standing.entry(data_dict["id"])
    tk.check_access("edudata_entry_approve", context, {"id": package.id})
    deciding.decide("approve", context, package, data_dict)
    return edudata_entry_show(context, {"id": package.id})


@veil.veiled
@validate(schema.decision)
def edudata_entry_pass_security(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Pass the security review of an approved entry (安全审查, Art. 33).

    A security officer of the unit, or above it, who neither compiled nor reviewed it.

    :param id: id of the entry
    :param reason: what was looked at, and why it may go on; kept with the version
    :param digest: of the content that was looked at (optional)
    """
    package = standing.entry(data_dict["id"])
    tk.check_access("edudata_entry_pass_security", context, {"id": package.id})
    deciding.decide("pass_security", context, package, data_dict)
    return edudata_entry_show(context, {"id": package.id})


def _all_checked(now: standing.Now) -> None:
    """Every file and the metadata were checked to the end; the verdict is another's."""
    errors: dict[str, Any] = {}
    done = {c["resource_id"] for c in now.checks if c["state"] == "done"}
    # What has no file is only described, and has no check.
    known = {check["resource_id"] for check in now.checks}
    kept = [
        resource
        for resource in now.content["resources"]
        if not resource.get("not_released") and resource["id"] in known
    ]
    for resource in kept:
        if resource["id"] not in done:
            errors[resource.get("name") or resource["id"]] = [
                tk._("The personal-data check of this file has not finished")
            ]
    if not kept and not content.may_lack_files(now.content):
        errors["resources"] = [
            tk._(
                "Upload a file first. Where there is none yet, give the planned date "
                "of opening; where the data are not opened, class them so."
            )
        ]
    if now.package.id not in done:
        errors["metadata"] = [
            tk._("The personal-data check of the description has not finished")
        ]
    if errors:
        model.Session.rollback()
        raise tk.ValidationError(errors)
