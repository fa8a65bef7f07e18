"""Files between their dry run and the import."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.units.model import UnitImport

KEPT = datetime.timedelta(days=1)


def forget() -> None:
    """Empty the files of dry runs that are a day old: they name people."""
    model.Session.execute(
        sa.update(UnitImport)
        .where(UnitImport.state == "checked", UnitImport.made_at < sa.func.now() - KEPT)
        .values(state="gone", content=None)
    )
