"""Linking an account to the one its person has at an institution, and ending that."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.identity import linked
from ckanext.edudata.identity.model_factors import InstitutionAccount
from ckanext.edudata.units import people, who_may
from ckanext.edudata.units.model import RoleAssignment


def link(user_id: str, issuer: str, subject: str) -> str:
    """Link an account, by its person who is logged in; its id.

    In a transaction of its own. No role is given meanwhile: what one person may not
    hold beside another role is looked at for all their accounts together.

    :raises ValidationError: it is somebody else's, or one person would hold too much
    """
    with transactions.whole():
        people.lock_all_roles()
        current = InstitutionAccount.ended_at.is_(None)
        taken = model.Session.scalar(
            sa.select(InstitutionAccount).where(
                InstitutionAccount.issuer == issuer,
                InstitutionAccount.subject == subject,
                current,
            )
        )
        if taken is not None:
            if taken.user_id == user_id:
                return taken.id
            _refuse(tk._("This sign-on is linked to another account already."))
        own = sa.select(InstitutionAccount.id).where(
            InstitutionAccount.issuer == issuer,
            InstitutionAccount.user_id == user_id,
            current,
        )
        if model.Session.scalar(own):
            _refuse(tk._("Your account is linked already; unlink it first."))
        together = {*linked.with_subject(issuer, subject), *linked.accounts(user_id)}
        if _too_much(together):
            _refuse(
                tk._(
                    "This sign-on belongs to a person who holds a role under another "
                    "account that nobody may hold beside yours. The three "
                    "administrators are three people."
                )
            )
        row = InstitutionAccount(user_id=user_id, issuer=issuer, subject=subject)
        model.Session.add(row)
        model.Session.flush()
        _record("institution_link", row)
        return row.id


def whose(issuer: str, subject: str) -> str | None:
    """Id of the account that this account of the institution opens; it counts as used.

    In a transaction of its own.
    """
    with transactions.whole():
        row = model.Session.scalar(
            sa.select(InstitutionAccount).where(
                InstitutionAccount.issuer == issuer,
                InstitutionAccount.subject == subject,
                InstitutionAccount.ended_at.is_(None),
            )
        )
        if row is None:
            return None
        row.used_at = model.Session.scalar(sa.func.now())
        return row.user_id


def end(user_id: str, link_id: str) -> None:
    """End a link of one's own; it stays on record whose it was.

    :raises ObjectNotFound: there is none
    """
    with transactions.whole():
        row = model.Session.scalar(
            sa.select(InstitutionAccount)
            .where(
                InstitutionAccount.id == link_id,
                InstitutionAccount.user_id == user_id,
                InstitutionAccount.ended_at.is_(None),
            )
            .with_for_update()
        )
        if row is None:
            raise tk.ObjectNotFound(tk._("There is no such link"))
        row.ended_at = model.Session.scalar(sa.func.now())
        _record("institution_unlink", row)


def of(user_id: str) -> list[dict[str, Any]]:
    """Links of an account: `[{id, linked_at, used_at}]`."""
    rows = model.Session.scalars(
        sa.select(InstitutionAccount).where(
            InstitutionAccount.user_id == user_id,
            InstitutionAccount.ended_at.is_(None),
        )
    )
    return [
        {
            "id": row.id,
            "linked_at": row.linked_at.isoformat(),
            "used_at": row.used_at.isoformat() if row.used_at else None,
        }
        for row in rows
    ]


def _too_much(accounts: set[str]) -> bool:
    held = set(
        model.Session.scalars(
            sa.select(RoleAssignment.role).where(
                RoleAssignment.user_id.in_(accounts), RoleAssignment.in_force()
            )
        )
    )
    return any(who_may.conflict(held - {role}, role) for role in held)


def _refuse(sentence: str) -> None:
    raise tk.ValidationError({"sign_on": [sentence]})


def _record(action: str, row: InstitutionAccount) -> None:
    trail.record(
        action,
        actor_id=row.user_id,
        object_type="user",
        object_id=row.user_id,
        detail={"link": row.id},
    )
