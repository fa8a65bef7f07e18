"""Who is told, and what of; the mails of it are `mailing`'s."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.feedback import preferences, words
from ckanext.edudata.feedback.model import Notice, NoticePreference
from ckanext.edudata.units import people

log = logging.getLogger(__name__)

OPEN = sa.and_(Notice.read_at.is_(None), Notice.done_at.is_(None), ~Notice.hidden)
"""Condition of notices that still wait for their reader."""


def responsible(
    unit_id: str, roles: Iterable[str], apart: Iterable[str] = ()
) -> list[str]:
    """Ids of the people with one of *roles* at the unit, or at the nearest unit above
    that has any: a school without its own has its district's.

    :param apart: ids of people who do not count, having had a part in it
    """
    return people.responsible(unit_id, roles, apart)


def note(
    kind: str,
    users: Iterable[str],
    *,
    unit_id: str,
    object_type: str,
    object_id: str,
    detail: dict[str, Any],
) -> list[str]:
    """Notices in the caller's transaction; one that is unread already is not doubled.

    How each person wants to be told decides on the mail, and whether it is on the site.

    :returns: ids of the new ones
    """
    made = []
    for user_id in users:
        known = model.Session.scalar(
            sa.select(Notice.id).where(
                Notice.user_id == user_id,
                Notice.kind == kind,
                Notice.object_id == object_id,
                Notice.read_at.is_(None),
                Notice.done_at.is_(None),
                Notice.detail == detail,
            )
        )
        if known is None:
            wish = model.Session.get(NoticePreference, user_id)
            mail = preferences.mail(kind, wish.mail if wish else {})
            states = {"at_once": "waiting", "daily": "digest", "off": "off"}
            row = Notice(
                user_id=user_id,
                kind=kind,
                unit_id=unit_id,
                object_type=object_type,
                object_id=object_id,
                detail=detail,
                mail=states[mail],
                hidden=preferences.hidden(kind, wish.hidden if wish else ()),
            )
            if mail == "daily":
                row.next_try = next_digest()
            model.Session.add(row)
            model.Session.flush()
            made.append(row.id)
    return made


def done(object_type: str, object_id: str, kinds: Iterable[str] | None = None) -> int:
    """The matter is done, by whomever: its notices wait for nobody any more.

    In the caller's transaction. Mails that ask somebody to act are not sent any more.

    :param kinds: only of these kinds (optional)
    :returns: how many waited
    """
    wanted = sa.and_(
        Notice.object_type == object_type,
        Notice.object_id == object_id,
        Notice.done_at.is_(None),
    )
    if kinds is not None:
        wanted = sa.and_(wanted, Notice.kind.in_(list(kinds)))
    duties = [name for name, kind in words.KINDS.items() if kind.duty]
    unsent = sa.or_(
        Notice.mail == "digest",
        sa.and_(Notice.mail == "waiting", Notice.kind.in_(duties)),
    )
    model.Session.flush()
    found: Any = model.Session.execute(
        sa.update(Notice)
        .where(wanted)
        .values(
            done_at=sa.func.clock_timestamp(),
            mail=sa.case((unsent, "off"), else_=Notice.mail),
        )
        .execution_options(synchronize_session="fetch")
    )
    return found.rowcount


def next_digest() -> datetime.datetime:
    """When the next daily mail goes out (setting `…notices.digest_hour`)."""
    now = datetime.datetime.now(people.SHANGHAI)
    hour = tk.config["ckanext.edudata.notices.digest_hour"]
    at = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at > now else at + datetime.timedelta(days=1)


def link(notice: Notice, *, absolute: bool = False, locale: str = "") -> str:
    """Address of the page where something can be done about a notice."""
    kind = words.KINDS[notice.kind]
    values = {**notice.detail, "object_id": notice.object_id}
    arguments = {name: values.get(key, "") for name, key in kind.keys.items()}
    if locale and locale != tk.config.get("ckan.locale_default"):
        arguments["locale"] = locale
    return tk.h.url_for(kind.endpoint, _external=absolute, **arguments)


def text(notice: Notice) -> tuple[str, str]:
    """Subject and text of a notice in the language of the page or site."""
    from ckanext.edudata.desensitization.entities import ENTITIES

    kind = words.KINDS[notice.kind]
    detail = notice.detail
    labels = [
        tk._(ENTITIES[name].label) if name in ENTITIES else name
        for name in detail.get("entities", [])
    ]
    values = {
        **{name: str(value) for name, value in detail.items()},
        "entities": tk._(", ").join(labels),
        "number": detail.get("number", ""),
        "due": tk.h.edudata_due(detail.get("due"), detail.get("provisional")),
    }
    return tk._(kind.subject), tk._(kind.text).format(**values)


def due() -> list[str]:
    """Ids of the notices whose mail is due."""
    return list(
        model.Session.scalars(
            sa.select(Notice.id)
            .where(
                Notice.mail == "waiting", Notice.next_try <= sa.func.clock_timestamp()
            )
            .order_by(Notice.created_at)
            .limit(500)
        )
    )


def queue(notice_ids: list[str]) -> None:
    """Have mails sent by the worker; without one the sweep sends them."""
    from ckanext.edudata.feedback import jobs

    if not notice_ids:
        return
    try:
        tk.enqueue_job(jobs.send_mails, [notice_ids], title="edudata notices")
    except Exception:  # noqa: BLE001 - the notices wait for the sweep
        log.warning("The job queue is unreachable; mails of notices wait")
