"""Datasets that were frozen while an incident is looked into (Art. 35)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

_When = sa.DateTime(timezone=True)


class Freeze(tk.BaseModel):
    """Nothing of a dataset is served or released until a second person lifts it.

    `releases` is the state each version had before, by id; `grants` and `requests` in
    it what was frozen with them. `final`: it was stopped meanwhile, so that lifting
    opens nothing. `settled_at`: when tables and index followed. `outcome`: `open` or
    `stopped`.
    """

    __tablename__ = "edudata_freeze"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=make_uuid)
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    entry_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    unit_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    incident_id: Mapped[str | None] = mapped_column(sa.Text)
    ruleset: Mapped[str] = mapped_column(sa.Text, nullable=False)
    releases: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    grants: Mapped[list[Any]] = mapped_column(JSONB, nullable=False, default=list)
    frozen_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    frozen_at: Mapped[datetime.datetime] = mapped_column(
        _When, nullable=False, server_default=sa.func.now()
    )
    settled_at: Mapped[datetime.datetime | None] = mapped_column(_When)
    final: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    lifted_by: Mapped[str | None] = mapped_column(sa.Text)
    lifted_at: Mapped[datetime.datetime | None] = mapped_column(_When)
    outcome: Mapped[str | None] = mapped_column(sa.Text)
