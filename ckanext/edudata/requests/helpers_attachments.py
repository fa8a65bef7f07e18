"""Attachments and people named, for pages of applications."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.requests import book, keeping_attachments, words_attachments


def edudata_attachments(application_id: str) -> dict[str, Any] | None:
    """Files of an application, None for who may not see them.

    :returns: `{application_id, results, changes, …}`; `changes`: files may come and go
    """
    try:
        results = web.call("edudata_attachment_list", application_id=application_id)
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return None
    endings = [each for known in words_attachments.TYPES.values() for each in known]
    return {
        "application_id": application_id,
        "results": results,
        "changes": _changes(application_id),
        "kinds": words_attachments.KINDS,
        "types": words_attachments.TYPE_LABELS,
        "accept": ",".join(endings),
        "most": tk.config["ckanext.edudata.attachments.most"],
        "most_mb": tk.config["ckanext.edudata.attachments.max_mb"],
    }


def _changes(application_id: str) -> bool:
    parts = keeping_attachments.parts(application_id)
    if not web.may("edudata_attachment_create", application_id=application_id):
        return False
    return any(book.state_now(part) in keeping_attachments.OPEN for part in parts)
