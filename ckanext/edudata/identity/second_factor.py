"""The second factor of an account: who needs one, and whether a code is right.

TOTP (RFC 6238) with recovery codes, obliged for everyone with a role (GB/T 22239-2019
8.1.4.1 d). Nothing here looks at the request; who calls says whose factor it is.
"""

from __future__ import annotations

import datetime
import hmac
import time
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.identity import codes_factors as codes
from ckanext.edudata.identity import sealing
from ckanext.edudata.identity.model_factors import RecoveryCode, SecondFactor

SETTING = "ckanext.edudata.identity.second_factor"
PROPOSAL_MINUTES = 30

_ROLE = sa.text(
    "SELECT 1 FROM edudata_role_assignment WHERE user_id = :user AND ended_at IS NULL"
    " AND (until IS NULL OR until > now()) LIMIT 1"
)


class ShutError(Exception):
    """Too many wrong codes: the next one is looked at after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def now() -> float:
    """Epoch, in seconds."""
    return time.time()


def needed(user_id: str) -> bool:
    """Whether a log-in is not over with the password (or the institution's word).

    Also where none is set up yet: then it is set up before anything else.
    """
    return is_set(user_id) or obliged(user_id)


def obliged(user_id: str) -> bool:
    """Whether the person must have one: everyone with a role, unless a site offers it
    only (setting `second_factor`; anything but `offered` obliges)."""
    return tk.config.get(SETTING) != "offered" and has_role(user_id)


def has_role(user_id: str) -> bool:
    """Whether the person holds any role now."""
    return model.Session.scalar(_ROLE, {"user": user_id}) is not None


def is_set(user_id: str) -> bool:
    """Whether the account has a second factor."""
    return bool(
        model.Session.scalar(
            sa.select(SecondFactor.secret.is_not(None)).where(
                SecondFactor.user_id == user_id
            )
        )
    )


def state(user_id: str) -> dict[str, Any]:
    """What the account's page says: `{set_up, since, codes_left, obliged}`."""
    row = model.Session.get(SecondFactor, user_id)
    left = sa.select(sa.func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    set_up = row is not None and row.secret is not None
    return {
        "set_up": set_up,
        "since": row.since.isoformat() if row and set_up and row.since else None,
        "codes_left": model.Session.scalar(left) if set_up else 0,
        "obliged": obliged(user_id),
    }


def proposal(user_id: str) -> str:
    """A secret that waits for its first code, the same one for half an hour.

    In a transaction of its own.

    :raises SealError: the portal has no key
    """
    with transactions.whole():
        row = _row(user_id)
        at = row.proposed_at
        fresh = at and _moment() - at < datetime.timedelta(minutes=PROPOSAL_MINUTES)
        if row.proposed and fresh:
            return sealing.unseal(row.proposed, _place(user_id))
        secret = codes.new_secret()
        row.proposed, row.proposed_at = _sealed(user_id, secret), _moment()
        return secret


def confirm(user_id: str, typed: str) -> list[str] | None:
    """Take the proposed secret for the account's, if the code is one of it.

    A device before it no longer counts, nor do its recovery codes. In a transaction of
    its own.

    :returns: new recovery codes, in plain; None if the code was wrong
    :raises ShutError: too many wrong codes
    """
    with transactions.whole():
        row = _row(user_id)
        _open(row)
        at = row.proposed_at
        fresh = at and _moment() - at < datetime.timedelta(minutes=PROPOSAL_MINUTES)
        secret = row.proposed and sealing.unseal(row.proposed, _place(user_id))
        step = codes.matching(secret, typed, now(), 0) if secret and fresh else None
        if step is None:
            _count(row, "second_factor_set")
            return None
        row.secret, row.since = row.proposed, _moment()
        row.proposed = row.proposed_at = None
        row.last_step, row.failures, row.shut_until = step, 0, None
        fresh_codes = _new_codes(user_id)
        _record("second_factor_set", user_id)
        return fresh_codes


def verify(user_id: str, typed: str, purpose: str) -> bool:
    """Whether a code of the device or a recovery code is right; each is good once.

    In a transaction of its own, on record.

    :param purpose: `log_in` or `step_up`
    :raises ShutError: too many wrong codes
    """
    with transactions.whole():
        row = _row(user_id)
        _open(row)
        if not row.secret:
            return False
        secret = sealing.unseal(row.secret, _place(user_id))
        step = codes.matching(secret, typed, now(), row.last_step)
        if step is not None:
            row.last_step = step
        elif not (codes.is_recovery(typed) and _use_recovery(user_id, typed)):
            _count(row, "second_factor_use", purpose=purpose)
            return False
        row.failures, row.shut_until = 0, None
        _record("second_factor_use", user_id, purpose=purpose)
        return True


def renew_codes(user_id: str, actor_id: str | None) -> list[str]:
    """New recovery codes for old ones, in the caller's transaction."""
    made = _new_codes(user_id)
    _record("recovery_codes_renew", user_id, actor_id)
    return made


def remove(user_id: str) -> None:
    """Take the factor and its recovery codes off, in the caller's transaction."""
    row = _row(user_id)
    row.secret = row.since = row.proposed = row.proposed_at = row.shut_until = None
    row.failures = 0
    # The step stays: a code of the old device is not good again for a new one.
    model.Session.execute(sa.delete(RecoveryCode).where(_of(user_id)))
    model.Session.flush()


def _row(user_id: str) -> SecondFactor:
    from sqlalchemy.dialects.postgresql import insert

    model.Session.execute(
        insert(SecondFactor).values(user_id=user_id).on_conflict_do_nothing()
    )
    return model.Session.scalars(
        sa.select(SecondFactor)
        .where(SecondFactor.user_id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _open(row: SecondFactor) -> None:
    if row.shut_until and row.shut_until > _moment():
        left = (row.shut_until - _moment()).total_seconds()
        raise ShutError(max(1, int(left + 0.999)))


def _count(row: SecondFactor, action: str, **detail: Any) -> None:
    row.failures += 1
    seconds = codes.wait(row.failures)
    if seconds:
        row.shut_until = _moment() + datetime.timedelta(seconds=seconds)
    trail.record(
        action,
        actor_id=row.user_id,
        object_type="user",
        object_id=row.user_id,
        outcome="denied",
        detail={**detail, "failures": row.failures},
    )


def _use_recovery(user_id: str, typed: str) -> bool:
    wanted = sealing.digests(codes.plain(typed), _place(user_id))
    unused = sa.select(RecoveryCode).where(_of(user_id), RecoveryCode.used_at.is_(None))
    found = None
    for code in model.Session.scalars(unused):
        if any(hmac.compare_digest(code.digest, digest) for digest in wanted):
            found = code
    if found is None:
        return False
    found.used_at = _moment()
    _record("recovery_code_use", user_id)
    return True


def _new_codes(user_id: str) -> list[str]:
    model.Session.execute(sa.delete(RecoveryCode).where(_of(user_id)))
    made = codes.new_recovery()
    for code in made:
        digest = sealing.digests(codes.plain(code), _place(user_id))[0]
        model.Session.add(RecoveryCode(user_id=user_id, digest=digest))
    model.Session.flush()
    return made


def _record(
    action: str, user_id: str, actor_id: str | None = None, **detail: Any
) -> None:
    trail.record(
        action,
        actor_id=actor_id or user_id,
        object_type="user",
        object_id=user_id,
        detail=detail,
    )


def _of(user_id: str) -> Any:
    return RecoveryCode.user_id == user_id


def _sealed(user_id: str, secret: str) -> str:
    return sealing.seal(secret, _place(user_id))


def _place(user_id: str) -> str:
    return f"edudata_second_factor:{user_id}"


def _moment() -> datetime.datetime:
    return datetime.datetime.fromtimestamp(now(), datetime.timezone.utc)
