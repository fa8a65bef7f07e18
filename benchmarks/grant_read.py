"""Reading by a grant against stock ``datastore_search`` on the same rows.

    ./portal test benchmarks/grant_read.py -s

Runs as a test because it needs a portal: an open and a conditional release of the same
rows, an approved application, a token. What a grant delivers is on record before it
leaves, so its price includes that write. Settings: EDUDATA_BENCHMARK_ROWS, _RUNS.
"""

from __future__ import annotations

import csv
import io
import json
import os
import statistics
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.datastore.logic.action import datastore_search as stock_search

from benchmarks.machine import describe, measure, spread
from tests.conftest import clean_db, portal  # noqa: F401
from tests.delivery import conditional
from tests.delivery.conftest import (  # noqa: F401
    account_token,
)

ROWS = int(os.environ.get("EDUDATA_BENCHMARK_ROWS", "20000"))
RUNS = int(os.environ.get("EDUDATA_BENCHMARK_RUNS", "25"))
SIZES = (10, 1000, 5000)
API = "/api/3/action/datastore_search"
FIELDS = ["school", "pupils"]
STOCK, OPEN_HTTP = "stock action, no authorization", "open dataset, HTTP"
GRANT, GRANT_HTTP = "by a grant, action", "by a grant, HTTP"


def opened(portal: Any, rows: list[dict[str, Any]]) -> str:  # noqa: F811
    """The public id of the same rows, released without condition."""
    content = io.StringIO()
    writer = csv.DictWriter(content, conditional.COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    entry = portal.entry(title="学校成绩汇总（开放）", notes="各校各年级平均分。")
    items = [
        {"name": name, "label": label} for name, label in conditional.COLUMNS.items()
    ]
    portal.upload(
        entry, "学校成绩.csv", content.getvalue().encode(), information_items=items
    )
    release = portal.released(entry, name="xuexiao-chengji-kaifang")
    dataset = portal.act("package_show", None, id=release["dataset_id"])
    return next(r["id"] for r in dataset["resources"] if r["kind"] == "data")


def test_reading_by_a_grant(
    app: Any,
    portal: Any,  # noqa: F811
    account_token: Any,  # noqa: F811
    capsys: Any,
) -> None:
    source = conditional.released(portal, ROWS)
    request = conditional.granted(portal, source)
    found = portal.act(
        "edudata_grant_list", portal.researcher, request_id=request["id"]
    )
    bound = portal.act(
        "edudata_grant_token_create",
        portal.researcher,
        grant_id=found["results"][0]["id"],
    )["token"]
    plain = account_token(portal.researcher)
    open_id = opened(portal, source.rows)

    def http(resource_id: str, authorization: str, asked: dict[str, Any]) -> list[Any]:
        fields = {"resource_id": resource_id, "fields": ",".join(FIELDS)}
        answer = app.get(
            API,
            query_string={**asked, **fields},
            headers={"Authorization": authorization},
        )
        assert answer.status_code == 200, answer.text[:200]
        return json.loads(answer.data)["result"]["records"]

    def stock(asked: dict[str, Any]) -> list[Any]:
        context: Any = {"ignore_auth": True, "model": model}
        fields = {"resource_id": source.table_id, "fields": FIELDS}
        return list(stock_search(context, {**asked, **fields})["records"])

    def action(asked: dict[str, Any]) -> list[Any]:
        context: Any = {
            "user": portal.researcher["name"],
            "auth_user_obj": model.User.get(portal.researcher["id"]),
        }
        fields = {"resource_id": source.resource_id, "fields": FIELDS}
        found = tk.get_action("datastore_search")(context, {**asked, **fields})
        return list(found["records"])

    ways: dict[str, Callable[[dict[str, Any]], list[Any]]] = {
        STOCK: stock,
        GRANT: action,
        OPEN_HTTP: lambda asked: http(open_id, plain, asked),
        GRANT_HTTP: lambda asked: http(source.resource_id, bound, asked),
    }
    lines = [describe("ckan"), f"{ROWS} rows, 2 of 4 fields, {RUNS} runs, warm"]
    for limit, sort in product(SIZES, ("", ",".join(FIELDS))):
        asked = {"limit": limit, **({"sort": sort} if sort else {})}
        lines.append(f"\n{min(limit, ROWS)} rows an answer, sorted by {sort or '-'}")
        answers, middle = {}, {}
        for label, way in ways.items():
            way(asked)
            answers[label], cpu, wall = measure(partial(way, asked), RUNS)
            middle[label] = statistics.median(wall)
            lines.append(
                f"  {label:32}{spread(wall, 1000, 'ms')} wall, "
                f"{statistics.median(cpu) * 1000:.1f} ms CPU here"
            )
        first = answers[STOCK]
        assert len(first) == min(limit, ROWS)
        assert all(list(row) == FIELDS for row in answers[GRANT])
        # Unsorted, a grant gives rows in an order that tells nothing of other fields.
        if sort:
            assert all(same(answer, first) for answer in answers.values())
        for slow, fast in ((GRANT, STOCK), (GRANT_HTTP, OPEN_HTTP)):
            ratio = middle[slow] / middle[fast]
            lines.append(f"  {slow}: {ratio:.2f} x the time of {fast}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))


def same(one: list[Any], other: list[Any]) -> bool:
    return Counter(map(row_text, one)) == Counter(map(row_text, other))


def row_text(row: Any) -> str:
    return json.dumps(row, sort_keys=True, default=str)
