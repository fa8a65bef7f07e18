"""How one wants to be told, and notices all read at once."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import i18n
from ckan.logic import validate
from ckan.types import Context, DataDict
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata import transactions
from ckanext.edudata.feedback import preferences, schema_notices, telling
from ckanext.edudata.feedback.model import Notice, NoticePreference
from ckanext.edudata.units import people


@tk.side_effect_free
def edudata_notice_preference_show(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """How the caller is told.

    :returns: `{language: locale or "" for the site's, groups: [{name, label, mail,
        site, obliged, urgent}]}`; `obliged` ones stay on the site, `urgent` ones are
        mailed at once
    """
    tk.check_access("edudata_notice_preference_show", context, data_dict)
    return _shown(people.actor_id(context) or "")


@validate(schema_notices.preference)
def edudata_notice_preference_update(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Choose how to be told from now on; what is not given stays as it is.

    :param language: a locale of the portal for mails, or empty for the site's
    :param mail: `{group: "at_once" | "daily" | "off"}`
    :param hidden: names of groups not wanted on the site
    :returns: as `edudata_notice_preference_show`
    :raises ValidationError: no such group or way; the group stays on the site
    """
    tk.check_access("edudata_notice_preference_update", context, data_dict)
    user_id = people.actor_id(context) or ""
    mail, hidden = data_dict.get("mail"), data_dict.get("hidden")
    errors: dict[str, Any] = {}
    for name, how in (mail or {}).items():
        group = preferences.GROUPS.get(name)
        if group is None or how not in preferences.MAIL:
            errors.setdefault("mail", [tk._("Choose one of the ways shown.")])
        elif group.urgent and how != "at_once":
            errors["mail"] = [
                tk._("“{group}” is always mailed at once.").format(
                    group=tk._(group.label)
                )
            ]
    for name in hidden or []:
        group = preferences.GROUPS.get(name)
        if group is None or group.obliged:
            errors["hidden"] = [tk._("These notices stay on the site.")]
    language = data_dict.get("language")
    if language and language not in _languages():
        errors["language"] = [tk._("The portal does not have this language.")]
    if errors:
        raise tk.ValidationError(errors)
    with transactions.whole():
        model.Session.execute(
            insert(NoticePreference).values(user_id=user_id).on_conflict_do_nothing()
        )
        row = model.Session.get(
            NoticePreference, user_id, with_for_update=True, populate_existing=True
        )
        assert row is not None  # noqa: S101 - made above
        if language is not None:
            row.language = language or None
        if mail is not None:
            row.mail = {**row.mail, **mail}
        if hidden is not None:
            row.hidden = sorted(set(hidden))
        row.changed_at = datetime.datetime.now(datetime.timezone.utc)
    return _shown(user_id)


def edudata_notice_read_all(context: Context, data_dict: DataDict) -> int:
    """Mark all one's notices as read.

    :returns: how many waited
    """
    tk.check_access("edudata_notice_read_all", context, data_dict)
    with transactions.whole():
        found: Any = model.Session.execute(
            sa.update(Notice)
            .where(Notice.user_id == people.actor_id(context), telling.OPEN)
            .values(read_at=sa.func.now())
            .execution_options(synchronize_session=False)
        )
    return found.rowcount


def _languages() -> list[str]:
    return [str(locale) for locale in i18n.get_available_locales()]


def _shown(user_id: str) -> dict[str, Any]:
    row = model.Session.get(NoticePreference, user_id, populate_existing=True)
    mail, hidden = (row.mail, row.hidden) if row else ({}, [])
    return {
        "language": (row.language if row else "") or "",
        "groups": [
            {
                "name": name,
                "label": tk._(group.label),
                "mail": "at_once" if group.urgent else mail.get(name, "at_once"),
                "site": group.obliged or name not in hidden,
                "obliged": group.obliged,
                "urgent": group.urgent,
            }
            for name, group in preferences.GROUPS.items()
        ],
    }
