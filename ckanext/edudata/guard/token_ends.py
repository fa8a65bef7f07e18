"""Tokens for programs end.

CKAN 2.12 makes them for ever, unless the plugin `expire_api_token` is loaded. Here each
says until when it is good; where nothing was asked for, and at most, that is
`ckanext.edudata.tokens.days` after it was made. Ones made before this have the same
time. Tokens of a grant end with it (`delivery/tokens.py`).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import api_token
from ckan.types import Schema

SETTING = "ckanext.edudata.tokens.days"
FIELD = "days"


def schema(known: Schema) -> Schema:
    """The form of a new token, with the days that it is to last."""
    words = ("ignore_empty", "int_validator", "is_positive_integer")
    return {**known, FIELD: [tk.get_validator(word) for word in words]}


def ending(data: dict[str, Any], jti: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Write into a new token when it ends; the earliest of what is known counts."""
    days = min(int(asked.get(FIELD) or longest()), longest())
    token = model.ApiToken.get(jti)
    made = token.created_at if token else datetime.datetime.utcnow()
    end = made + datetime.timedelta(days=days)
    seconds = min(api_token.into_seconds(end), data.get("exp") or float("inf"))
    if token:
        token.set_extra("edudata", {"exp": end.isoformat()}, True)
    return {**data, "exp": int(seconds)}


def in_time(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What CKAN read from a token; nothing where its time is over."""
    jti = data.get("jti") if data else None
    token = model.ApiToken.get(jti) if isinstance(jti, str) else None
    return {} if token is not None and ends_at(token) <= _now() else data


def ends_at(token: model.ApiToken) -> datetime.datetime:
    """When a token ends, UTC without zone as CKAN keeps times."""
    latest = token.created_at + datetime.timedelta(days=longest())
    written = ((token.plugin_extras or {}).get("edudata") or {}).get("exp")
    if not written:
        return latest
    return min(latest, datetime.datetime.fromisoformat(written))


def longest() -> int:
    """Days that a token lasts at most."""
    return max(1, int(tk.config[SETTING]))


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
