"""Tokens bound to one grant: they open its resource and nothing else.

CKAN hands on only a token's owner. The grant is therefore looked up by the token's
`jti` while CKAN reads the header, kept on `g`, and every other endpoint is refused
before its view is reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask import Response, g, has_request_context, jsonify, request

from ckanext.edudata.audit import trail

READS = frozenset({"datastore_search", "datastore_info"})


_BOUND = sa.text(
    "SELECT t.grant_id, t.user_id, t.ended_at, g.resource_id, a.id"
    " FROM edudata_grant_token t LEFT JOIN edudata_grant g ON g.id = t.grant_id"
    " LEFT JOIN api_token a ON a.id = t.jti AND a.user_id = t.user_id"
    " WHERE t.jti = :jti"
)


class Bound(NamedTuple):
    """The grant and the person that the caller's token is bound to."""

    grant_id: str
    user_id: str
    resource_id: str
    ended: bool


def remember(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep on `g` which grant the token belongs to, if it belongs to one."""
    if data and isinstance(data.get("jti"), str) and has_request_context():
        found = model.Session.execute(_BOUND, {"jti": data["jti"]}).first()
        if found:
            # Without its grant or its account's token it is over, never the account's.
            over = found.ended_at is not None or None in (found.resource_id, found.id)
            g.edudata_bound = Bound(
                found.grant_id, found.user_id, found.resource_id or "", over
            )
    return data


def bound() -> Bound | None:
    """The grant that this request's token is bound to."""
    return g.get("edudata_bound") if has_request_context() else None


def confine() -> Response | None:
    """Refuse what a grant's token does not open; None lets the request go on."""
    mine = bound()
    if mine is None:
        return None
    if mine.ended:
        return _refuse(
            mine, tk._("This token has ended. Make a new one for the grant.")
        )
    values = request.view_args or {}
    reads = (
        request.endpoint == "api.action" and values.get("logic_function") in READS
    ) or (
        request.endpoint == "datastore.dump"
        and values.get("resource_id") == mine.resource_id
    )
    # An extract of the grant: the view asks whose and by which grant.
    reads = reads or request.endpoint == "edudata_extracts.download"
    if reads:
        return None
    return _refuse(mine, tk._("This token opens the resource of its grant only."))


def _refuse(mine: Bound, sentence: str) -> Response:
    trail.record_apart(
        "token_use",
        actor_id=mine.user_id,
        object_type="grant",
        object_id=mine.grant_id,
        outcome="denied",
    )
    response = jsonify(
        success=False,
        error={"__type": "Authorization Error", "message": sentence},
    )
    response.status_code = 403
    return response
