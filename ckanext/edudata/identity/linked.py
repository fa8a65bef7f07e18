"""Accounts that are one person's, by an account at an institution that both had.

Ended links count: unlinking makes nobody two people. The accounts' state does not: one
that sleeps is still somebody's.
"""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.identity.model_factors import InstitutionAccount
from ckanext.edudata.units import people


def accounts(user_id: str) -> list[str]:
    """Ids of all accounts of the person whose account it is, that one with them."""
    return people.accounts_of(user_id)


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
