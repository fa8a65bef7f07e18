"""Grants on a dataset that is frozen because of an incident: nobody frees one."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.opening.model_freezes import Freeze


def refuse_freed(request_id: str) -> None:
    """In the open transaction; the freeze itself is lifted before its grants move.

    :raises ValidationError: the dataset is frozen
    """
    query = (
        sa.select(Freeze.id)
        .join(Grant, Grant.dataset_id == Freeze.dataset_id)
        .where(Grant.request_id == request_id, Freeze.lifted_at.is_(None))
        .limit(1)
    )
    if model.Session.scalar(query):
        words = tk._(
            "These data are frozen because of an incident. A grant is freed only when "
            "a second person lifts the freeze."
        )
        raise tk.ValidationError({"freeze": [words]})
