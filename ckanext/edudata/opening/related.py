"""Which of related data resources are open: the others are named to nobody."""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model


def opened(codes: list[str]) -> list[dict[str, str]]:
    """Open datasets of these codes, in their order: `[{name, title, code}]`."""
    if not codes:
        return []
    code = model.Package.extras["resource_code"].astext
    rows = model.Session.execute(
        sa.select(model.Package.name, model.Package.title, code.label("code")).where(
            model.Package.type == "dataset",
            model.Package.state == "active",
            model.Package.private.is_(False),
            model.Package.extras["opening_state"].astext == "open",
            code.in_(codes),
        )
    )
    found = {
        row.code: {"name": row.name, "title": row.title, "code": row.code}
        for row in rows
    }
    return [found[code] for code in codes if code in found]
