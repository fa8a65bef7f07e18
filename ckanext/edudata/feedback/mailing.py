"""Mails of notices: one at once, or one a day, in the reader's language.

A mail says what happened, what to do and by when, and where; nothing that somebody
typed, and nobody's name but the reader's own.
"""

from __future__ import annotations

import contextlib
import datetime
import logging
import re
import socket
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import i18n, mailer
from flask_babel import force_locale

from ckanext.edudata.feedback import telling
from ckanext.edudata.feedback.model import Notice, NoticePreference

log = logging.getLogger(__name__)

WAIT = (1, 5, 15, 60, 240, *[1440] * 7)
"""Minutes until the next try, after each that failed; then it is given up."""

PATIENCE = 20
"""Seconds that a mail server may keep silent."""

_MOST = 50
"""Notices that one daily mail names; the page shows the rest."""


class _NoAddresses(logging.Filter):
    """CKAN's mailer writes addresses, and what servers say of them, into the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = "A mail was sent or failed (address left out)", ()
        record.exc_info = record.exc_text = None
        return True


_mail_log = logging.getLogger("ckan.lib.mailer")
if not any(isinstance(f, _NoAddresses) for f in _mail_log.filters):
    _mail_log.addFilter(_NoAddresses())


def send(notice_id: str) -> str:
    """Try to mail one notice; its state afterwards. In a transaction of its own.

    Two workers never send the same one: the row is held until its state is written.
    """
    notice = model.Session.scalar(
        sa.select(Notice)
        .where(
            Notice.id == notice_id,
            Notice.mail == "waiting",
            Notice.next_try <= sa.func.clock_timestamp(),
        )
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if notice is None:
        model.Session.rollback()
        return ""
    _out([notice])
    state = notice.mail
    model.Session.commit()
    return state


def put_off(notice_ids: list[str]) -> None:
    """Try these in a minute: the server is away. It does not count as a try."""
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)
    model.Session.execute(
        sa.update(Notice)
        .where(
            Notice.id.in_(notice_ids),
            Notice.mail == "waiting",
            Notice.next_try < soon,
        )
        .values(next_try=soon)
        .execution_options(synchronize_session=False)
    )
    model.Session.commit()


def digests() -> int:
    """Send the daily mails that are due, one to a person; how many were sent."""
    people = model.Session.scalars(
        sa.select(Notice.user_id)
        .where(Notice.mail == "digest", Notice.next_try <= sa.func.clock_timestamp())
        .distinct()
        .limit(500)
    ).all()
    model.Session.rollback()
    return sum(_digest(user_id) for user_id in people)


def _digest(user_id: str) -> bool:
    notices = list(
        model.Session.scalars(
            sa.select(Notice)
            .where(
                Notice.user_id == user_id,
                Notice.mail == "digest",
                Notice.next_try <= sa.func.clock_timestamp(),
            )
            .order_by(Notice.created_at)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
    )
    if notices:
        _out(notices)
    sent = any(notice.mail == "sent" for notice in notices)
    model.Session.commit()
    return sent


def _out(notices: list[Notice]) -> None:
    """Mail what is held, all of one person; their state says what became of it."""
    user = model.User.get(notices[0].user_id)
    address = clean((user and user.email) or "")
    if user is None or not user.is_active or not address or not _server():
        for notice in notices:
            notice.mail = "off"
        return
    with language(notices[0].user_id) as locale:
        try:
            if notices[0].mail == "digest":
                subject, body = _several(notices, locale)
            else:
                subject, body = _one(notices[0], locale)
            with _patience():
                mailer.mail_recipient(
                    clean(user.display_name), address, clean(subject), body
                )
        except Exception as error:  # noqa: BLE001 - whatever fails, the notice stays
            log.warning("Mail of a notice failed: %s", type(error).__name__)
            _again(notices)
            return
    for notice in notices:
        notice.mail = "sent"


def _again(notices: list[Notice]) -> None:
    for notice in notices:
        notice.tries += 1
        if notice.tries > len(WAIT):
            notice.mail = "failed"
            continue
        wait = datetime.timedelta(minutes=WAIT[notice.tries - 1])
        notice.next_try = datetime.datetime.now(datetime.timezone.utc) + wait


def _one(notice: Notice, locale: str) -> tuple[str, str]:
    subject, text = telling.text(notice)
    lines = [text, telling.link(notice, absolute=True, locale=locale), _foot(locale)]
    return subject, "\n\n".join(lines)


def _several(notices: list[Notice], locale: str) -> tuple[str, str]:
    parts = []
    for notice in notices[:_MOST]:
        subject, text = telling.text(notice)
        address = telling.link(notice, absolute=True, locale=locale)
        parts.append("\n".join((f"■ {subject}", text, address)))
    if len(notices) > _MOST:
        parts.append(
            tk._("And {n} more: see Notices on the portal.").format(
                n=len(notices) - _MOST
            )
        )
    head = tk._("{n} notices of the last day").format(n=len(notices))
    return head, "\n\n".join((*parts, _foot(locale)))


def _foot(locale: str) -> str:
    default = tk.config.get("ckan.locale_default")
    where = {"locale": locale} if locale != default else {}
    address = tk.h.url_for("edudata_notices.settings", _external=True, **where)
    return "\n".join(
        (
            tk._("This mail holds no data and no reasons: log in to read them."),
            tk._("Which notices are mailed, and when: {address}").format(
                address=address
            ),
        )
    )


def clean(text: str) -> str:
    """A header's value in one line: nothing can be put behind it."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+", " ", text).split())


@contextlib.contextmanager
def language(user_id: str) -> Iterator[str]:
    """In the person's language; else in the site's."""
    wish = model.Session.get(NoticePreference, user_id)
    locale = tk.config.get("ckan.locale_default") or "zh_Hans_CN"
    if wish and wish.language in i18n.get_locales():
        locale = wish.language
    with force_locale(locale):
        yield str(locale)


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    """CKAN's mailer would wait for ever for a server that says nothing."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _server() -> Any:
    return tk.config.get("smtp.server")
