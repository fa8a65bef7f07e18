"""Who is told, and the mail to them."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import mailer

from ckanext.edudata.feedback import words
from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.units import people

log = logging.getLogger(__name__)

#: Minutes until the next try, after each that failed; then it is given up.
_WAIT = (1, 5, 15, 60, 240, 1440)


class _NoAddresses(logging.Filter):
    """CKAN's mailer writes addresses, and what servers say of them, into the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = "A mail was sent or failed (address left out)", ()
        record.exc_info = record.exc_text = None
        return True


_mail_log = logging.getLogger("ckan.lib.mailer")
if not any(isinstance(f, _NoAddresses) for f in _mail_log.filters):
    _mail_log.addFilter(_NoAddresses())


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
                Notice.detail == detail,
            )
        )
        if known is None:
            row = Notice(
                user_id=user_id,
                kind=kind,
                unit_id=unit_id,
                object_type=object_type,
                object_id=object_id,
                detail=detail,
            )
            model.Session.add(row)
            model.Session.flush()
            made.append(row.id)
    return made


def link(notice: Notice, *, absolute: bool = False) -> str:
    """Address of the page where something can be done about a notice."""
    kind = words.KINDS[notice.kind]
    values = {**notice.detail, "object_id": notice.object_id}
    arguments = {name: values.get(key, "") for name, key in kind.keys.items()}
    return tk.h.url_for(kind.endpoint, _external=absolute, **arguments)


def text(notice: Notice) -> tuple[str, str]:
    """Subject and text of a notice in the language of the page or site."""
    from ckanext.edudata.desensitization.entities import ENTITIES

    kind = words.KINDS[notice.kind]
    labels = [
        tk._(ENTITIES[name].label) if name in ENTITIES else name
        for name in notice.detail.get("entities", [])
    ]
    return tk._(kind.subject), tk._(kind.text).format(entities=tk._(", ").join(labels))


def send(notice_id: str) -> str:
    """Try to mail one notice; its state afterwards. In a transaction of its own.

    Two workers never send the same one: the row is held until its state is written.
    """
    notice = model.Session.scalar(
        sa.select(Notice)
        .where(Notice.id == notice_id, Notice.mail == "waiting")
        .with_for_update(skip_locked=True)
    )
    if notice is None:
        model.Session.rollback()
        return ""
    user = model.User.get(notice.user_id)
    if user is None or not user.email or not tk.config.get("smtp.server"):
        notice.mail = "off"
    else:
        _try(notice, user)
    state = notice.mail
    model.Session.commit()
    return state


def _try(notice: Notice, user: Any) -> None:
    subject, body = text(notice)
    lines = [
        body,
        link(notice, absolute=True),
        tk._("This mail holds no data of the file. Log in to see more."),
    ]
    try:
        mailer.mail_user(user, subject, "\n\n".join(lines))
    except Exception as error:  # noqa: BLE001 - whatever fails, the notice stays
        log.warning("Mail of a notice failed: %s", type(error).__name__)
        notice.tries += 1
        if notice.tries > len(_WAIT):
            notice.mail = "failed"
            return
        wait = datetime.timedelta(minutes=_WAIT[notice.tries - 1])
        notice.next_try = datetime.datetime.now(datetime.timezone.utc) + wait
    else:
        notice.mail = "sent"


def due() -> list[str]:
    """Ids of the notices whose mail is due."""
    return list(
        model.Session.scalars(
            sa.select(Notice.id)
            .where(Notice.mail == "waiting", Notice.next_try <= sa.func.now())
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
