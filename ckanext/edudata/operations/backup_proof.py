"""Proof that a restored portal is the one that was backed up."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import verifying
from ckanext.edudata.audit.anchors import Anchor
from ckanext.edudata.operations import backup_restoring
from ckanext.edudata.operations.backup_restoring import Restored

SAMPLE = 1000
"""Private packages that are asked for; drawn by chance where there are more."""


def of(done: Restored, anchors: Sequence[Anchor] = ()) -> dict[str, Any]:
    """`{check: {good, ...numbers}}`; nobody may have written since the restore.

    :param anchors: heads of the audit trail that were kept elsewhere
    """
    facts = done.facts
    tables = [row for side in facts["tables"].values() for row in side.values()]
    return {
        "tables": {
            "good": not done.differing,
            "tables": len(tables),
            "rows": sum(count for count, _ in tables),
            "differing": done.differing[:20],
        },
        "files": {
            "good": not done.damaged,
            "files": done.files,
            "damaged": done.damaged[:20],
            "missing_before": len(facts["missing"]),
        },
        "index": _index(facts),
        "private": _private(facts),
        "audit": _audit(facts, anchors),
    }


def good(proof: dict[str, Any]) -> bool:
    """Whether all of it is proven. Pure."""
    return all(part["good"] for part in proof.values())


def _index(facts: dict[str, Any]) -> dict[str, Any]:
    found = backup_restoring.indexed()
    return {
        "good": found == facts["indexed"],
        "indexed": found,
        "expected": facts["indexed"],
    }


def _private(facts: dict[str, Any]) -> dict[str, Any]:
    """What was private is private: nobody gets it by name, by search, or by table."""
    public = tk.get_action("package_search")({"user": ""}, {"q": "*:*", "rows": 0})
    query = sa.select(model.Package.id).where(
        model.Package.private.is_(True), model.Package.state == "active"
    )
    ids = list(model.Session.scalars(query))
    drawn = random.Random(0).sample(ids, min(len(ids), SAMPLE))  # noqa: S311
    resources = model.Session.scalars(
        sa.select(model.Resource.id).where(
            model.Resource.package_id.in_(drawn), model.Resource.state == "active"
        )
    ).all()
    opened = [one for one in drawn if _answered("package_show", id=one)]
    opened += [one for one in drawn if _found(one)]
    for action, key in (("resource_show", "id"), ("datastore_search", "resource_id")):
        opened += [one for one in resources if _answered(action, **{key: one})]
    return {
        "good": not opened and len(ids) == facts["private"],
        "private": len(ids),
        "asked": len(drawn) + len(resources),
        "opened": opened[:20],
        "public": public["count"],
    }


def _answered(action: str, **data: Any) -> bool:
    try:
        tk.get_action(action)({"user": ""}, data)
    except (tk.NotAuthorized, tk.ObjectNotFound, tk.ValidationError):
        return False
    return True


def _found(package_id: str) -> bool:
    asked = {"q": f'id:"{package_id}"', "rows": 0}
    return bool(tk.get_action("package_search")({"user": ""}, asked)["count"])


def _audit(facts: dict[str, Any], anchors: Sequence[Anchor]) -> dict[str, Any]:
    """The chain as it was, and no anchored block another one.

    Blocks that were anchored after the backup's moment are not in it: they are the
    loss, which `ckan edudata audit resume` declares, and no break.
    """
    blocks = facts["audit_blocks"]
    report = verifying.verify([one for one in anchors if one.number <= blocks])
    return {
        "good": report.proven and report.blocks == blocks,
        "blocks": report.blocks,
        "records": report.records,
        "unsealed": report.unsealed,
        "anchors": report.anchors,
        "broken": dict(report.counts),
        "lost_blocks": len({one.number for one in anchors if one.number > blocks}),
    }
