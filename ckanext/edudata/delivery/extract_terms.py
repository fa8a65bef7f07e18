"""The read-me that goes with an extract: what it is, whose it is, what binds them."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model
from flask import current_app, has_app_context
from flask_babel import force_locale

from ckanext.edudata.delivery import extract_files, grants
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_extracts import Extract


@contextlib.contextmanager
def language(lang: str) -> Iterator[None]:
    """A worker has no page whose language and address it could follow."""
    app: Any = None
    if has_app_context():
        app = current_app._get_current_object()  # type: ignore[attr-defined]
    else:
        command = click.get_current_context(silent=True)
        app = command.meta.get("flask_app") if command else None
    if app is None:
        yield
        return
    with app.test_request_context(), force_locale(lang):
        yield


def title(grant: Grant) -> str:
    """Title of the dataset, as it is called now."""
    package = model.Package.get(grant.dataset_id)
    return package.title or package.name if package else ""


def stem(grant: Grant) -> str:
    return extract_files.file_stem(title(grant), grant.request_number)


def heads(grant: Grant, allowed: grants.Allowed) -> list[str]:
    """Headings of the columns: the names that the interface has, too."""
    return list(allowed.fields)


def terms(row: Extract, grant: Grant, allowed: grants.Allowed) -> tuple[str, str]:
    """Name of the read-me (of its file or sheet), and its text."""
    labels = {column["id"]: column.get("label") for column in grant.columns}
    frozen = tk.get_action("edudata_frozen_table_show")(
        {"ignore_auth": True}, {"id": grant.table_id}
    )
    unit = model.Group.get(grant.unit_id)
    fields = [_named(name, labels.get(name)) for name in allowed.fields]
    last = grant.granted_until - datetime.timedelta(seconds=1)
    facts = [
        (tk._("Recipient"), _person(row.user_id)),
        (tk._("Holder of the grant"), _person(grant.user_id)),
        (tk._("Dataset"), title(grant)),
        (tk._("Data owner"), unit.title if unit else ""),
        (tk._("Version"), str(frozen.get("version") or "")),
        (tk._("Digest of the content"), grant.content_digest),
        (tk._("Application"), grant.request_number),
        (tk._("Number of this copy"), row.id),
        (tk._("Fields"), tk._(", ").join(fields)),
        (tk._("Rows"), _rows(grant, labels)),
        (tk._("Number of rows"), str(row.rows)),
        (tk._("Purpose"), grant.purpose or _purpose(grant)),
        (tk._("Period of the grant"), f"{_day(grant.starts)} – {_day(last)}"),
        (tk._("Version of the terms of use"), grant.agreement or _agreement(grant)),
        (tk._("Made"), _moment(datetime.datetime.now(datetime.timezone.utc))),
    ]
    duties = [
        tk._("This copy is for the recipient named above only, for the purpose above."),
        tk._(
            "It may not be handed on or published. To hand it on, apply in writing on "
            "the page of the grant, and wait for the consent (Measures, Article 31)."
        ),
        tk._("Do not try to find out whom single records are about."),
        tk._(
            "The recipient deletes this copy, all further copies and what could be "
            "turned back into it at the end of {day} at the latest; at once when the "
            "grant is revoked or the data are recalled, and confirms that."
        ).format(day=_day(last)),
        tk._("A report of use is due before the grant ends."),
        tk._("Report lost copies and mistakes in the data to the data owner at once."),
    ]
    lines = [tk._("Terms of this extract"), ""]
    lines += [tk._("{name}: {value}").format(name=n, value=_one(v)) for n, v in facts]
    lines += ["", *(f"{place}. {duty}" for place, duty in enumerate(duties, 1))]
    if row.format != "xlsx":
        lines += [
            "",
            tk._(
                "Text that a spreadsheet would take for a formula has an apostrophe "
                "before it. The interface gives it without one."
            ),
        ]
    return tk._("Terms of use"), "\n".join([*lines, ""])


def _named(name: str, label: str | None) -> str:
    return f"{label} ({name})" if label and label != name else name


def _one(value: str) -> str:
    """What people typed, on one line: it cannot pass for a line of ours."""
    return " ".join(str(value).split())


def _rows(grant: Grant, labels: dict[str, str | None]) -> str:
    if not grant.rows:
        return tk._("All rows")
    signs = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤"}
    parts = []
    for name, wanted in grant.rows.items():
        shown = _named(name, labels.get(name))
        if isinstance(wanted, dict):
            parts += [f"{shown} {signs.get(key, key)} {v}" for key, v in wanted.items()]
        else:
            each = wanted if isinstance(wanted, list) else [wanted]
            parts.append(f"{shown} = {tk._(', ').join(str(value) for value in each)}")
    return "; ".join(parts)


def _person(user_id: str) -> str:
    user = model.User.get(user_id)
    return user.display_name if user else user_id


def _day(moment: datetime.datetime) -> str:
    return moment.astimezone(tk.h.get_display_timezone()).date().isoformat()


def _moment(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(tk.h.get_display_timezone()):%Y-%m-%d %H:%M}"


def _purpose(grant: Grant) -> str:
    return (_application(grant).get("form") or {}).get("purpose") or ""


def _agreement(grant: Grant) -> str:
    return _application(grant).get("agreed_terms") or ""


def _application(grant: Grant) -> dict[str, Any]:
    """The application, as its applicant sees it."""
    user = model.User.get(grant.user_id)
    try:
        return tk.get_action("edudata_request_show")(
            {"ignore_auth": True, "user": user.name if user else ""},
            {"id": grant.request_id},
        )
    except tk.ObjectNotFound:
        return {}
