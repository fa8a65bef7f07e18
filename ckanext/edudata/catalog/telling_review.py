"""Whom a review concerns next, told in the transaction of the decision."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import comparing, structures
from ckanext.edudata.catalog.model import EntryVersion


def of_security(
    package: model.Package, version: EntryVersion, compilers: Collection[str]
) -> None:
    """The nearest security officers who had no part in it (Art. 33)."""
    apart = {*compilers, version.decided_by or ""}
    _tell("security_review", package, version, "security_review", sorted(apart - {""}))


def of_return(package: model.Package, version: EntryVersion) -> None:
    """The compilers of the unit."""
    _tell("entry_returned", package, version, "entry_compile", [])


def of_structure(package: model.Package, version: EntryVersion) -> None:
    """The technician, where the structure is not that of the last version (Art. 14)."""
    before = model.Session.scalar(
        sa.select(EntryVersion)
        .where(
            EntryVersion.entry_id == package.id,
            EntryVersion.number < version.number,
            EntryVersion.state.in_(["approved", "released"]),
        )
        .order_by(EntryVersion.number.desc())
        .limit(1)
    )
    if before is None:
        return

    def met(old: Any, new: Any, differs: Any) -> None:
        # The reviewer will ask; by then large tables have been compared.
        comparing.ahead(package.id, old, new, differs.columns)

    tables = structures.changed(before.content, version.content, met)
    if tables:
        _tell(
            "structure_changed",
            package,
            version,
            "structure_notice",
            [],
            against=before.number,
            tables=tables,
        )


def _tell(
    kind: str,
    package: model.Package,
    version: EntryVersion,
    permission: str,
    apart: list[str],
    **numbers: Any,
) -> None:
    tk.get_action("edudata_notify")(
        {"ignore_auth": True, "defer_commit": True},
        {
            "kind": kind,
            "unit_id": package.owner_org,
            "permission": permission,
            "object_type": "entry",
            "object_id": package.id,
            "detail": {"version": version.number, **numbers},
            "apart": apart,
        },
    )
