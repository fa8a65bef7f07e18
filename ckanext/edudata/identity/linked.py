"""Accounts that are one person's, by an account at an institution that both had.

Ended links count: unlinking makes nobody two people. The accounts' state does not: one
that sleeps is still somebody's.
"""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.identity.model_factors import InstitutionAccount

_ACCOUNTS = sa.text(
    """
    WITH RECURSIVE mine(user_id) AS (
        SELECT CAST(:user AS text)
        UNION
        SELECT there.user_id FROM mine
        JOIN edudata_institution_account here ON here.user_id = mine.user_id
        JOIN edudata_institution_account there
            ON there.issuer = here.issuer AND there.subject = here.subject
    ) SELECT user_id FROM mine
    """
)


def accounts(user_id: str) -> list[str]:
    """Ids of all accounts of the person whose account it is, that one with them."""
    return sorted(model.Session.scalars(_ACCOUNTS, {"user": user_id}))


def same_person(user_id: str, other_id: str) -> bool:
    """Whether two accounts are one person's."""
    return user_id == other_id or other_id in accounts(user_id)


def with_subject(issuer: str, subject: str) -> list[str]:
    """Ids of the accounts that this account of an institution was ever linked to."""
    found = model.Session.scalars(
        sa.select(InstitutionAccount.user_id).where(
            InstitutionAccount.issuer == issuer, InstitutionAccount.subject == subject
        )
    )
    return sorted({each for user_id in set(found) for each in accounts(user_id)})
