"""The agreement in its versions: read by everybody, published by the coordinator."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.requests import book, keeping_agreements, terms_agreements
from ckanext.edudata.requests import schema_agreements as schema
from ckanext.edudata.requests.model_agreements import Agreement
from ckanext.edudata.units import people

Shown = dict[str, Any]
LONGEST = 20_000


def _shown(terms: terms_agreements.Terms) -> Shown:
    return {**terms.__dict__, "in_force": terms == keeping_agreements.in_force()}


@tk.side_effect_free
@validate(schema.shown)
def edudata_agreement_show(context: Context, data_dict: DataDict) -> Shown:
    """The terms of use that applicants accept; for everybody.

    :param version: a version (default: the one in force)
    :returns: `{version, text_zh, text_en, digest, in_force}`; one clause a line; the
        digest is SHA-256 over version and texts
    :raises ObjectNotFound: there is no such version
    """
    tk.check_access("edudata_agreement_show", context, data_dict)
    version = data_dict.get("version")
    if version:
        return _shown(keeping_agreements.find(version))
    return _shown(keeping_agreements.in_force())


@tk.side_effect_free
@validate(schema.nothing)
def edudata_agreement_list(context: Context, data_dict: DataDict) -> list[Shown]:
    """All versions, the last first: `[{version, digest, starts, in_force}]`."""
    tk.check_access("edudata_agreement_list", context, data_dict)
    now = keeping_agreements.in_force().version
    rows = model.Session.scalars(
        sa.select(Agreement).order_by(Agreement.version.desc())
    )
    found: list[tuple[str, str, str | None]] = [
        (str(row.version), row.digest, row.starts.isoformat()) for row in rows
    ]
    found.append((terms_agreements.FIRST, terms_agreements.STANDARD.digest, None))
    return [
        {
            "version": version,
            "digest": digest,
            "starts": starts,
            "in_force": version == now,
        }
        for version, digest, starts in found
    ]


@validate(schema.published)
def edudata_agreement_publish(context: Context, data_dict: DataDict) -> Shown:
    """Publish a new version of the terms (coordinator of the top of the tree).

    Applications submitted before keep the version they accepted; drafts have to
    accept the new one.

    :param text_zh: the terms, one clause a line; `text_en`: in English (optional)
    :param starts: first moment in force, ISO 8601 (default: now)
    :returns: as `edudata_agreement_show`
    :raises ValidationError: too long, the same as the last version, or a past moment
    """
    tk.check_access("edudata_agreement_publish", context, data_dict)
    texts = {
        name: terms_agreements.tidy(data_dict.get(name) or "")
        for name in ("text_zh", "text_en")
    }
    starts = _starts(data_dict.get("starts"))
    with transactions.whole():
        # One after the other: two never take the same number.
        model.Session.execute(sa.text("LOCK TABLE edudata_agreement IN EXCLUSIVE MODE"))
        last = model.Session.scalar(sa.select(sa.func.max(Agreement.version)))
        before = keeping_agreements.find(last or terms_agreements.FIRST)
        _refuse_wrong(texts, before)
        version = int(before.version) + 1
        row = Agreement(
            version=version,
            digest=terms_agreements.digest(str(version), **texts),
            starts=starts,
            created_by=people.actor_id(context) or "",
            **texts,
        )
        model.Session.add(row)
        model.Session.flush()
        trail.record(
            "agreement_publish",
            actor_id=people.actor_id(context),
            object_type="agreement",
            object_id=str(version),
            detail={"version": version, "digest": row.digest},
        )
    return _shown(keeping_agreements.find(version))


def _starts(given: datetime.datetime | None) -> datetime.datetime:
    if given is None:
        return book.now()
    starts = given
    if starts.tzinfo is None:
        zone: Any = tk.h.get_display_timezone()
        # Of pytz, except where the zone is the server's.
        localize = getattr(zone, "localize", None)
        starts = localize(starts) if localize else starts.replace(tzinfo=zone)
    if starts < book.now():
        raise tk.ValidationError({"starts": [tk._("This date is past.")]})
    return starts


def _refuse_wrong(texts: dict[str, str], before: terms_agreements.Terms) -> None:
    errors: dict[str, Any] = {}
    for name, text in texts.items():
        if len(text) > LONGEST:
            words = tk._("Write at most %(most)s characters; these are %(now)s.")
            errors[name] = [words % {"most": LONGEST, "now": len(text)}]
    if not texts["text_zh"]:
        errors["text_zh"] = [tk._("Missing value")]
    if (texts["text_zh"], texts["text_en"]) == (before.text_zh, before.text_en):
        errors["text_zh"] = [tk._("This is what the last version says already.")]
    if errors:
        raise tk.ValidationError(errors)
