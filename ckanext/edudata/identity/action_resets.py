"""Resetting a lost second factor: asked by one person, decided by another."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.feedback import telling
from ckanext.edudata.identity import linked, resets, second_factor, sessions
from ckanext.edudata.identity import schema_factors as schema
from ckanext.edudata.identity.model_factors import FactorReset
from ckanext.edudata.units import people


@validate(schema.person)
def edudata_factor_reset_ask(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Ask that a person's lost second factor be taken off.

    :param user_id: id or name of the person, who is known to you
    :returns: `{id, user_id, state, asked_by, asked_at}`
    :raises ValidationError: nobody of that name in your care has one; or it waits
    """
    tk.check_access("edudata_factor_reset_ask", context, data_dict)
    actor = people.actor_id(context) or ""
    user = model.User.get(data_dict["user_id"])
    if user is None or not resets.may(actor, user.id) or not _lost(user.id):
        words = tk._(
            "Nobody of this user name with a second factor is in your care; your own "
            "is reset by others."
        )
        raise tk.ValidationError({"user_id": [words]})
    with transactions.whole():
        people.lock_roles(user.id)
        resets.lapse()
        waits = sa.select(FactorReset.id).where(
            FactorReset.user_id == user.id, FactorReset.state == "asked"
        )
        if model.Session.scalar(waits):
            words = tk._("A reset for this person waits already for a second person.")
            raise tk.ValidationError({"user_id": [words]})
        row = FactorReset(user_id=user.id, asked_by=actor)
        model.Session.add(row)
        model.Session.flush()
        _record("factor_reset_ask", actor, row)
        telling.note(
            "factor_reset",
            resets.deciders(user.id, actor),
            unit_id="",
            object_type="factor_reset",
            object_id=row.id,
            detail={},
        )
    return _dictize(row)


@validate(schema.decided)
def edudata_factor_reset_decide(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Consent to a reset as the second person, or refuse it.

    With the consent the factor, its recovery codes and all sessions of the person end;
    who holds a role sets up a new one at the next log-in.

    :param id: of the reset
    :param decision: `consent` or `refuse`
    :returns: `{id, user_id, state, asked_by, asked_at, decided_by, decided_at}`
    :raises NotAuthorized: you asked for it yourself, or it is your own
    """
    tk.check_access("edudata_factor_reset_decide", context, data_dict)
    actor = people.actor_id(context) or ""
    with transactions.whole():
        row = _waiting(data_dict["id"])
        if row is None or not resets.may(actor, row.user_id):
            raise tk.ObjectNotFound(tk._("No such reset waits"))
        if linked.same_person(actor, row.asked_by):
            raise tk.NotAuthorized(
                tk._("Whoever asked for a reset does not decide on it.")
            )
        consent = data_dict["decision"] == "consent"
        # Whoever asked must still be one who may.
        if consent and not resets.may(row.asked_by, row.user_id):
            raise tk.NotAuthorized(
                tk._("Whoever asked may not any more: ask for the reset anew.")
            )
        row.state = "done" if consent else "refused"
        row.decided_by, row.decided_at = actor, _now()
        if consent:
            second_factor.remove(row.user_id)
            sessions.end_all(row.user_id)
        _record(f"factor_reset_{data_dict['decision']}", actor, row)
        _settled(row)
        if consent:
            telling.note(
                "factor_was_reset",
                [row.user_id],
                unit_id="",
                object_type="factor_reset",
                object_id=row.id,
                detail={},
            )
    return _dictize(row)


@validate(schema.identified)
def edudata_factor_reset_withdraw(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Take back a reset that one asked for.

    :param id: of the reset
    :returns: as `edudata_factor_reset_decide`
    """
    tk.check_access("edudata_factor_reset_withdraw", context, data_dict)
    actor = people.actor_id(context) or ""
    with transactions.whole():
        row = _waiting(data_dict["id"])
        if row is None or row.asked_by != actor:
            raise tk.ObjectNotFound(tk._("No such reset waits"))
        row.state, row.decided_by, row.decided_at = "withdrawn", actor, _now()
        _record("factor_reset_withdraw", actor, row)
        _settled(row)
    return _dictize(row)


@tk.side_effect_free
def edudata_factor_reset_list(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Resets in one's care, the newest first: what waits, and what was.

    :returns: `[{id, user_id, account, person, state, asked_by, asked_by_name, asked_at,
        decided_by, decided_at, mine}]`; `mine`: asked for by oneself
    """
    tk.check_access("edudata_factor_reset_list", context, data_dict)
    actor = people.actor_id(context) or ""
    rows = model.Session.scalars(
        sa.select(FactorReset).order_by(FactorReset.asked_at.desc()).limit(200)
    )
    found = []
    for row in rows:
        if not resets.may(actor, row.user_id):
            continue
        user, asker = model.User.get(row.user_id), model.User.get(row.asked_by)
        found.append(
            {
                **_dictize(row),
                "account": user.name if user else "",
                "person": user.display_name if user else "",
                "asked_by_name": asker.display_name if asker else "",
                "mine": linked.same_person(actor, row.asked_by),
            }
        )
    return found


def _lost(user_id: str) -> bool:
    return second_factor.is_set(user_id)


def _waiting(reset_id: str) -> FactorReset | None:
    resets.lapse()
    return model.Session.scalar(
        sa.select(FactorReset)
        .where(FactorReset.id == reset_id, FactorReset.state == "asked")
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _settled(row: FactorReset) -> None:
    model.Session.flush()
    telling.done("factor_reset", row.id, ["factor_reset"])


def _now() -> Any:
    return model.Session.scalar(sa.func.now())


def _record(action: str, actor: str, row: FactorReset) -> None:
    trail.record(
        action,
        actor_id=actor,
        object_type="user",
        object_id=row.user_id,
        detail={"reset": row.id, "asked_by": row.asked_by},
    )


def _dictize(row: FactorReset) -> dict[str, Any]:
    return {
        "id": row.id,
        "user_id": row.user_id,
        "state": row.state,
        "asked_by": row.asked_by,
        "asked_at": row.asked_at.isoformat(),
        "decided_by": row.decided_by,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
    }
