"""Reading conditional data through a grant: find it, judge it, record, answer."""

from __future__ import annotations

import csv
import datetime
import io
from typing import Any

import ckan.plugins.toolkit as tk
import msgspec
import sqlalchemy as sa
from ckan import model
from ckan.lib.lazyjson import LazyJSONObject
from ckan.types import Action, Context, DataDict
from ckanext.datastore.helpers import get_list
from ckanext.datastore.logic.schema import datastore_search_schema

from ckanext.edudata.delivery import grants, ledger, tables, tokens
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.units import people

PAGE = ("limit", "offset", "plain", "language", "records_format", "include_total")
ECHO = (*PAGE, "filters", "q", "sort", "distinct")


def terms(grant: Grant, stopped: bool) -> grants.Terms:
    """The grant's facts for the pure decision."""
    return grants.Terms(
        state=grant.state,
        starts=grant.starts,
        until=grant.until,
        columns={column["id"]: column["type"] for column in grant.columns},
        fields=tuple(grant.fields),
        rows=grant.rows,
        way=grant.way,
        stopped=stopped,
    )


def permit(
    context: Context, released: dict[str, Any], question: grants.Wish
) -> tuple[Grant, grants.Allowed]:
    """The caller's grant and what it lets them see of what they asked.

    :raises NotAuthorized: with a sentence that says what to do; on record for
        everyone who is logged in
    """
    user_id = people.actor_id(context)
    refusal: grants.Refused | None = None
    for grant in _grants_of(user_id, released["resource_id"]):
        judged = grants.decide(terms(grant, _stopped(grant, released)), now(), question)
        if isinstance(judged, grants.Allowed):
            return grant, judged
        # What is wrong with the question says more than that an old grant expired.
        if refusal is None or judged.code in ("field", "search", "filter", "copy"):
            refusal = judged
    code = refusal.code if refusal else "no_grant"
    ledger.deny(user_id, released["resource_id"], released["unit_id"], code)
    raise tk.NotAuthorized(sentence(released, refusal))


def judged_again(grant_id: str, question: grants.Wish) -> grants.Allowed:
    """What a grant allows at this moment, in the middle of a delivery.

    :raises NotAuthorized: nothing any more
    """
    grant = model.Session.get(Grant, grant_id, populate_existing=True)
    if grant is None:
        raise tk.NotAuthorized
    released = tk.get_action("edudata_released_resource_show")(
        {"ignore_auth": True}, {"id": grant.resource_id}
    )
    judged = grants.decide(terms(grant, _stopped(grant, released)), now(), question)
    if isinstance(judged, grants.Refused):
        raise tk.NotAuthorized(sentence(released, judged))
    return judged


def _stopped(grant: Grant, released: dict[str, Any]) -> bool:
    """Whether the dataset was stopped, or the version that was granted."""
    if released["stopped"]:
        return True
    frozen = tk.get_action("edudata_frozen_table_show")(
        {"ignore_auth": True}, {"id": grant.table_id}
    )
    return bool(frozen["stopped"])


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def _grants_of(user_id: str | None, resource_id: str) -> list[Grant]:
    if not user_id:
        return []
    query = sa.select(Grant).where(
        Grant.user_id == user_id, Grant.resource_id == resource_id
    )
    mine = tokens.bound()
    if mine:
        query = query.where(Grant.id == mine.grant_id)
    query = query.order_by(Grant.created_at.desc())
    return list(model.Session.scalars(query.execution_options(populate_existing=True)))


def sentence(released: dict[str, Any], refusal: grants.Refused | None) -> str:
    """Why the data are not given, and where to go."""
    address = tk.h.url_for("dataset.read", id=released["dataset_name"], _external=True)
    if released["stopped"]:
        return tk._(grants.STOPPED.msgid)
    if refusal is None:
        return tk._(
            "These data are open on conditions. Apply for them on the page of the "
            "dataset: {address}"
        ).format(address=address)
    return f"{tk._(refusal.msgid) % refusal.values} {address}"


def check_access(name: str, context: Context, params: DataDict) -> None:
    """CKAN's, on copies: its auth functions write into what they are given."""
    tk.check_access(name, context.copy(), {"resource_id": params["resource_id"]})


def search(
    next_action: Action, context: Context, released: dict[str, Any], params: DataDict
) -> dict[str, Any]:
    """`datastore_search` through a grant: record, then answer."""
    check_access("datastore_search", context, params)
    asked, errors = tk.navl_validate(dict(params), datastore_search_schema(), {})
    if errors:
        raise tk.ValidationError(errors)
    grant, allowed = permit(context, released, wish(asked))
    result = fetch(next_action, grant, allowed, asked, lazy="api_version" in context)
    ledger.deliver(grant, allowed, count(result["records"]), "interface")
    return result


def info(
    context: Context, released: dict[str, Any], params: DataDict
) -> dict[str, Any]:
    """`datastore_info` through a grant: its fields, and the number of its rows."""
    check_access("datastore_info", context, params)
    grant, allowed = permit(context, released, grants.Wish())
    found = fetch(tk.get_action("datastore_search"), grant, allowed, {"limit": 0})
    ledger.deliver(grant, allowed, 0, "structure")
    return described(params, found)


def described(params: DataDict, found: dict[str, Any]) -> dict[str, Any]:
    """The form of `datastore_info`, without sizes and index names."""
    fields = [field for field in found["fields"] if not field["id"].startswith("_")]
    answer: dict[str, Any] = {"fields": fields}
    if tk.asbool(params.get("include_meta", True)):
        answer["meta"] = {
            "id": params["resource_id"],
            "count": found["total"],
            "table_type": "BASE TABLE",
            "aliases": [],
        }
    return answer


def wish(asked: DataDict, copy: bool = False) -> grants.Wish:
    """The caller's question, out of validated parameters of `datastore_search`."""
    q = asked.get("q")
    if asked.get("full_text"):
        if isinstance(q, dict):
            raise tk.ValidationError(
                {"full_text": [tk._("Give either q or full_text, not both")]}
            )
        q = asked["full_text"]
    return grants.Wish(
        fields=get_list(asked.get("fields")),
        filters=asked.get("filters"),
        sort=get_list(asked.get("sort"), False),
        q=q,
        distinct=bool(asked.get("distinct")),
        copy=copy,
    )


def fetch(
    next_action: Action,
    grant: Grant,
    allowed: grants.Allowed,
    asked: DataDict,
    lazy: bool = False,
) -> dict[str, Any]:
    """Read what is allowed from the frozen table; every id in the answer is public.

    :raises ValidationError: CKAN's, without the statement it ran
    """
    params = {key: asked[key] for key in PAGE if asked.get(key) is not None}
    params |= {
        "resource_id": grant.table_id,
        "fields": allowed.fields,
        "filters": allowed.filters,
        "sort": allowed.sort,
        "distinct": allowed.distinct,
    }
    if allowed.q:
        params["q"] = allowed.q
    inner: Context = {"ignore_auth": True, "user": ""}
    if lazy:
        inner["api_version"] = 3
    try:
        with tables.opened(grant.table_id):
            result = next_action(inner, params)
    except tk.ValidationError as error:
        kept = {k: v for k, v in error.error_dict.items() if k != "info"}
        raise tk.ValidationError(_public(kept, grant)) from None
    except tk.ObjectNotFound:
        raise tables.not_found(grant.resource_id) from None
    answer = {key: asked[key] for key in ECHO if asked.get(key) is not None}
    for key in ("records", "fields", "limit", "total", "total_was_estimated"):
        if key in result:
            answer[key] = result[key]
    return {**answer, "resource_id": grant.resource_id}


def _public(value: Any, grant: Grant) -> Any:
    if isinstance(value, str):
        return value.replace(grant.table_id, grant.resource_id)
    if isinstance(value, list):
        return [_public(item, grant) for item in value]
    if isinstance(value, dict):
        return {key: _public(item, grant) for key, item in value.items()}
    return value


def count(records: Any) -> int:
    """Rows in the records of an answer, in whichever format."""
    if isinstance(records, str):
        return sum(1 for _ in csv.reader(io.StringIO(records)))
    if isinstance(records, LazyJSONObject):
        return len(msgspec.json.decode(records.encoded_json, type=list[msgspec.Raw]))
    return len(records)
