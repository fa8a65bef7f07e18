"""Attachments as they are kept: rows, keys and bytes that come and go together."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.guard import malware
from ckanext.edudata.requests import (
    keeping_applicants,
    looking_applicants,
    sandbox_attachments,
    sealed,
    store_attachments,
)
from ckanext.edudata.requests.model import Request
from ckanext.edudata.requests.model_applicants import Attachment
from ckanext.edudata.requests.words_attachments import (
    NAME_MOST,
    REFUSALS,
    TYPE_LABELS,
    TYPES,
)

OPEN = ("draft", "returned")
"""States in which files come and go; afterwards those who decide rely on them."""


class Taken(NamedTuple):
    """A file that was looked through and may be kept."""

    name: str
    type: str
    content: bytes


def refuse(code: str, **values: Any) -> tk.ValidationError:
    """Why a file is not taken."""
    return tk.ValidationError({"upload": [tk._(REFUSALS[code]).format(**values)]})


def take(upload: Any) -> Taken:
    """Read an upload and look through it, before anything is kept.

    :param upload: as werkzeug hands it on
    :raises ValidationError: it may not be kept, with what to do
    """
    stream, name = getattr(upload, "stream", None), getattr(upload, "filename", "")
    if stream is None or not name:
        raise refuse("none")
    name = plain_name(name)
    if len(name) > NAME_MOST:
        raise refuse("long_name", most=NAME_MOST)
    most = tk.config["ckanext.edudata.attachments.max_mb"]
    content = stream.read((most << 20) + 1)
    if not content:
        raise refuse("empty")
    if len(content) > most << 20:
        raise refuse("too_large", most=most)
    malware.look(content, "attachment")
    kind = _looked_through(content)
    if not name.lower().endswith(TYPES[kind]):
        raise refuse("name", kind=TYPE_LABELS[kind], ending=TYPES[kind][0])
    return Taken(name, kind, content)


def _looked_through(content: bytes) -> str:
    seconds = tk.config["ckanext.edudata.attachments.seconds"]
    with tempfile.TemporaryDirectory(prefix="edudata-attachment-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        kind, refused = sandbox_attachments.media_type(path, seconds)
    if refused or kind not in TYPES:
        raise refuse(refused if refused in REFUSALS else "crashed")
    return kind


def plain_name(name: str) -> str:
    """The last part of a path, without what does not show or turns direction."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = (each for each in last if unicodedata.category(each)[0] != "C")
    return "".join(shown).strip().lstrip(".") or "file"


def add(
    attachment_id: str, application_id: str, user_id: str, kind: str, taken: Taken
) -> tuple[Attachment, bytes]:
    """A row for a file, in the open transaction, and the key of its bytes."""
    _lock("_shared")
    secret = os.urandom(32)
    row = Attachment(
        id=attachment_id,
        application_id=application_id,
        user_id=user_id,
        kind=kind,
        type=taken.type,
        size=len(taken.content),
        sha256=hashlib.sha256(taken.content).hexdigest(),
        sealed="",
    )
    model.Session.add(row)
    model.Session.flush()
    words = {"name": taken.name, "key": base64.b64encode(secret).decode()}
    try:
        row.sealed = sealed.seal(json.dumps(words, ensure_ascii=False), row.place)
    except sealed.SealError as error:
        raise keeping_applicants.unusable(error) from None
    model.Session.flush()
    return row, secret


def opened(row: Attachment) -> dict[str, Any]:
    """`{name, key}` of a file.

    :raises ValidationError: it cannot be opened
    """
    try:
        return json.loads(sealed.unseal(row.sealed, row.place))
    except sealed.SealError as error:
        raise keeping_applicants.unusable(error) from None


def content(row: Attachment) -> bytes:
    """The bytes as they were uploaded.

    :raises ObjectNotFound: they are gone; `ValidationError`: they do not open
    """
    secret = base64.b64decode(opened(row)["key"])
    try:
        found = store_attachments.fetch(row.id, secret)
    except sealed.SealError as error:
        raise keeping_applicants.unusable(error) from None
    except Exception as error:
        raise tk.ObjectNotFound(tk._("There is no such attachment")) from error
    if hashlib.sha256(found).hexdigest() != row.sha256:
        raise tk.ObjectNotFound(tk._("There is no such attachment"))
    return found


def shown(row: Attachment) -> dict[str, Any]:
    """A file as lists tell of it; without its name where no key opens it."""
    name = ""
    with suppress(tk.ValidationError):
        name = opened(row)["name"]
    return {
        "id": row.id,
        "application_id": row.application_id,
        "kind": row.kind,
        "name": name,
        "type": row.type,
        "size": row.size,
        "sha256": row.sha256,
        "created_at": row.created_at.isoformat(),
    }


def listed(application_id: str) -> list[Attachment]:
    """Files of an application that were not taken back, oldest first."""
    query = sa.select(Attachment).where(
        Attachment.application_id == application_id,
        Attachment.taken_back_at.is_(None),
    )
    order = query.order_by(Attachment.created_at, Attachment.id)
    return list(model.Session.scalars(order))


def parts(application_id: str) -> list[Request]:
    """Parts of an application."""
    query = sa.select(Request).where(Request.application_id == application_id)
    return list(model.Session.scalars(query))


def part_for(application_id: str, user_id: str | None) -> Request | None:
    """A part by which somebody else than the applicant may see its files."""
    for part in parts(application_id):
        if looking_applicants.may_look(part, user_id):
            return part
    return None


def sweep() -> int:
    """Remove bytes without a row, left behind by a crash; how many.

    Nobody can read them any more. No upload is on its way meanwhile.
    """
    with transactions.whole():
        _lock("")
        query = sa.select(Attachment.id).where(Attachment.taken_back_at.is_(None))
        return store_attachments.remove_all_but(set(model.Session.scalars(query)))


def _lock(shared: str) -> None:
    transactions.one_at_a_time("edudata_attachments", shared=bool(shared))
