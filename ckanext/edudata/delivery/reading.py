"""Reading conditional data through a grant: find it, judge it, record, answer."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import msgspec
from ckan import model
from ckan.lib.lazyjson import LazyJSONObject
from ckan.types import Context, DataDict
from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.helpers import get_list
from ckanext.datastore.logic.schema import datastore_search_schema

from ckanext.edudata.delivery import calls, grants, holders, ledger, tables
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.sought import Sought
from ckanext.edudata.guard import limits

PAGE = ("limit", "offset", "plain", "language", "records_format", "include_total")
ECHO = (*PAGE, "filters", "q", "sort", "distinct")
NOTED = ("filters", "q", "full_text", "sort", "distinct", "limit", "offset")


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


@dataclass(frozen=True)
class Permit:
    """A read that was judged and may go on: by which grant, who reads, and what."""

    grant: Grant
    user_id: str
    allowed: grants.Allowed
    rows: int | None
    """Rows of the whole frozen table, where that is known."""


def permit(found: Sought, question: grants.Wish) -> Permit:
    """Which grant of the caller lets them see what they asked, and how much of it.

    :raises NotAuthorized: with a sentence that says what to do; on record for
        everyone who is logged in
    """
    refusal: grants.Refused | None = None
    for held in found.held:
        stopped = found.stopped or held.stopped
        judged = grants.decide(terms(held.grant, stopped), now(), question)
        if isinstance(judged, grants.Allowed):
            user_id = found.user_id or ""
            refusal = calls.count(held.grant, user_id)
            if refusal is None:
                return Permit(held.grant, user_id, judged, held.rows)
            break
        # What is wrong with the question says more than that an old grant expired.
        if refusal is None or judged.code in ("field", "search", "filter", "copy"):
            refusal = judged
    code = refusal.code if refusal else "no_grant"
    if refusal and code in ("calls", "calls_more"):
        limits.over(float(refusal.values["seconds"]))
    if code != "calls_more":
        ledger.deny(found.user_id, found.resource_id, found.unit_id, code)
    raise tk.NotAuthorized(sentence(found, refusal))


def judged_again(
    grant_id: str, question: grants.Wish, user_id: str | None = None
) -> grants.Allowed:
    """What a grant allows at this moment, in the middle of a delivery.

    :param user_id: only while this person may read by it (optional)
    :raises NotAuthorized: nothing any more
    """
    grant = model.Session.get(Grant, grant_id, populate_existing=True)
    if grant is None or not (user_id is None or holders.holds(grant, user_id)):
        raise tk.NotAuthorized
    released = tk.get_action("edudata_released_resource_show")(
        {"ignore_auth": True}, {"id": grant.resource_id}
    )
    judged = grants.decide(terms(grant, _stopped(grant, released)), now(), question)
    if isinstance(judged, grants.Refused):
        raise tk.NotAuthorized(
            _said(released["dataset_name"], released["stopped"], judged)
        )
    return judged


def _stopped(grant: Grant, released: dict[str, Any]) -> bool:
    """Whether the dataset was stopped, or the version that was granted."""
    if released["stopped"]:
        return True
    frozen = tk.get_action("edudata_frozen_table_show")(
        {"ignore_auth": True}, {"id": grant.table_id}
    )
    return bool(frozen["stopped"] or not frozen["frozen"])


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def sentence(found: Sought, refusal: grants.Refused | None) -> str:
    """Why the data are not given, and where to go."""
    return _said(found.dataset_name, found.stopped, refusal)


def _said(dataset_name: str, stopped: bool, refusal: grants.Refused | None) -> str:
    if stopped:
        return tk._(grants.STOPPED.msgid)
    address = tk.h.url_for("dataset.read", id=dataset_name, _external=True)
    if refusal is None:
        return tk._(
            "These data are open on conditions. Apply for them on the page of the "
            "dataset: {address}"
        ).format(address=address)
    return f"{tk._(refusal.msgid) % refusal.values} {address}"


def check_access(name: str, context: Context, params: DataDict) -> None:
    """Tell CKAN that access is settled here.

    Its own function would ask whether the dataset is public, which `sought` has asked
    in the statement that found it; what opens the data is a grant alone. On a copy, as
    CKAN's auth functions write into what they are given.
    """
    mine: Any = {**context, "ignore_auth": True}
    tk.check_access(name, mine, {"resource_id": params["resource_id"]})


def search(context: Context, found: Sought, params: DataDict) -> dict[str, Any]:
    """`datastore_search` through a grant: record, then answer."""
    check_access("datastore_search", context, params)
    asked = validated(params)
    given = permit(found, wish(asked))
    result = fetch(given.grant, given.allowed, asked, "api_version" in context, given)
    ledger.deliver(
        given.grant,
        given.allowed,
        counted(result),
        "interface",
        user_id=given.user_id,
        asked=noted(asked),
    )
    return result


def info(context: Context, found: Sought, params: DataDict) -> dict[str, Any]:
    """`datastore_info` through a grant: its fields, and the number of its rows."""
    check_access("datastore_info", context, params)
    given = permit(found, grants.Wish())
    result = fetch(given.grant, given.allowed, {"limit": 0}, whole=given)
    ledger.deliver(given.grant, given.allowed, 0, "structure", user_id=given.user_id)
    return described(params, result)


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


def validated(params: DataDict) -> dict[str, Any]:
    """Parameters of `datastore_search` as CKAN understands them.

    :raises ValidationError: CKAN's
    """
    asked, errors = tk.navl_validate(dict(params), datastore_search_schema(), {})
    if errors:
        raise tk.ValidationError(errors)
    return asked


def noted(asked: DataDict) -> dict[str, Any]:
    """What the record keeps of a question beside its fields."""
    return {key: asked[key] for key in NOTED if asked.get(key)}


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
    grant: Grant,
    allowed: grants.Allowed,
    asked: DataDict,
    lazy: bool = False,
    whole: Permit | None = None,
) -> dict[str, Any]:
    """Read what is allowed from the frozen table; every id in the answer is public.

    Past CKAN's action on purpose: it would ask once more, of a table that is no
    resource, who may read it, and count rows that a frozen table has known since it
    was frozen.

    :param asked: as `validated` returns them, or the few that are known to be right
    :param lazy: records as JSON text that was never decoded, for an answer over HTTP
    :param whole: knows how many rows the whole table has
    :raises ValidationError: CKAN's, without the statement it ran
    """
    params = {key: asked[key] for key in PAGE if asked.get(key) is not None}
    count = params.pop("include_total", True)
    known = whole.rows if whole else None
    if allowed.filters or allowed.q or allowed.distinct or not count:
        known = None
    params = {
        **{"records_format": "objects", "include_next_page": False, **params},
        "resource_id": grant.table_id,
        "fields": allowed.fields,
        "filters": allowed.filters,
        "distinct": allowed.distinct,
        "include_total": count and known is None,
        **({"sort": allowed.sort} if allowed.sort else {}),
        **({"q": allowed.q} if allowed.q else {}),
    }
    inner: Context = {"ignore_auth": True, "user": ""}
    if lazy:
        inner["api_version"] = 3
    try:
        result = DatastoreBackend.get_active_backend().search(inner, params)
    except tk.ValidationError as error:
        kept = {k: v for k, v in error.error_dict.items() if k != "info"}
        raise tk.ValidationError(_public(kept, grant)) from None
    except tk.ObjectNotFound:
        raise tables.not_found(grant.resource_id) from None
    if known is not None:
        result["total"] = known
    answer = {key: asked[key] for key in ECHO if asked.get(key) is not None}
    for key in ("records", "fields", "limit", "total", "total_was_estimated"):
        if key in result:
            answer[key] = result[key]
    return {**answer, "resource_id": grant.resource_id}


def counted(answer: dict[str, Any]) -> int:
    """Rows in an answer. A frozen table does not change between a count and a page."""
    if "total" in answer:
        left = answer["total"] - answer.get("offset", 0)
        return max(0, min(answer["limit"], left))
    return count(answer["records"])


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
