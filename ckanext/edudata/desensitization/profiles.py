"""Profiles kept in the database: of the version in force, and of what may follow it."""

from __future__ import annotations

from collections.abc import Iterable

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.desensitization import rules, sealing
from ckanext.edudata.desensitization.model import Check
from ckanext.edudata.desensitization.model_profiles import KeptProfile
from ckanext.edudata.desensitization.profile import Profile


def keep(
    check_id: str,
    resource_id: str,
    sha256: str,
    *,
    small_cell: int,
    key: bytes,
    profile: Profile,
) -> None:
    """Keep a profile in the caller's transaction."""
    model.Session.merge(
        KeptProfile(
            check_id=check_id,
            resource_id=resource_id,
            sha256=sha256,
            ruleset=rules.code(),
            small_cell=small_cell,
            sealed=sealing.seal(_secret(), key, profile),
        )
    )


def find(
    resource_id: str, sha256: str, *, small_cell: int
) -> tuple[bytes, Profile] | None:
    """The kept profile of this content, if it was read as it would be today."""
    row = model.Session.scalar(
        sa.select(KeptProfile)
        .where(
            KeptProfile.resource_id == resource_id,
            KeptProfile.sha256 == sha256,
            KeptProfile.ruleset == rules.code(),
            KeptProfile.small_cell == small_cell,
        )
        .order_by(KeptProfile.kept_at.desc())
        .limit(1)
    )
    return sealing.unseal(_secret(), row.sealed) if row is not None else None


def only(check: Check) -> None:
    """Forget those of earlier runs over a file, in the caller's transaction."""
    earlier = sa.select(Check.id).where(
        Check.resource_id == check.resource_id, Check.number < check.number
    )
    model.Session.execute(
        sa.delete(KeptProfile).where(
            KeptProfile.resource_id == check.resource_id,
            KeptProfile.check_id.in_(earlier),
        )
    )


def forget(resource_ids: Iterable[str]) -> None:
    """Forget all of these files, in the caller's transaction."""
    model.Session.execute(
        sa.delete(KeptProfile).where(KeptProfile.resource_id.in_(list(resource_ids)))
    )


def _secret() -> str:
    return tk.config["ckanext.edudata.profile_key"] or tk.config["SECRET_KEY"]
