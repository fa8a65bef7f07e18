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
SIZES = (10, 1000, 20000)
API = "/api/3/action/datastore_search"
FIELDS = ["school", "pupils"]


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

    def http(resource_id: str, authorization: str, limit: int) -> list[Any]:
        answer = app.get(
            API,
            query_string={
                "resource_id": resource_id,
                "fields": ",".join(FIELDS),
                "limit": limit,
            },
            headers={"Authorization": authorization},
        )
        assert answer.status_code == 200, answer.text[:200]
        return json.loads(answer.data)["result"]["records"]

    def stock(limit: int) -> list[Any]:
        context: Any = {"ignore_auth": True, "model": model}
        asked = {"resource_id": source.table_id, "fields": FIELDS, "limit": limit}
        return list(stock_search(context, asked)["records"])

    def action(limit: int) -> list[Any]:
        context: Any = {
            "user": portal.researcher["name"],
            "auth_user_obj": model.User.get(portal.researcher["id"]),
        }
        asked = {"resource_id": source.resource_id, "fields": FIELDS, "limit": limit}
        return list(tk.get_action("datastore_search")(context, asked)["records"])

    lines = [describe("ckan"), f"{ROWS} rows, 2 of 4 fields, {RUNS} runs, warm"]
    for limit in SIZES:
        ways = {
            "stock action, no authorization": lambda n=limit: stock(n),
            "by a grant, action": lambda n=limit: action(n),
            "open dataset, HTTP": lambda n=limit: http(open_id, plain, n),
            "by a grant, HTTP": lambda n=limit: http(source.resource_id, bound, n),
        }
        answers, walls = {}, {}
        lines.append(f"\n{min(limit, ROWS)} rows an answer")
        for label, way in ways.items():
            way()
            answers[label], cpu, walls[label] = measure(way, RUNS)
            lines.append(
                f"  {label:32}{spread(walls[label], 1000, 'ms')} wall, "
                f"{statistics.median(cpu) * 1000:.1f} ms CPU here"
            )
        first = answers["stock action, no authorization"]
        assert len(first) == min(limit, ROWS)
        assert all(list(row) == FIELDS for row in first)
        assert all(answer == first for answer in answers.values()), "other rows"
        middle = {label: statistics.median(wall) for label, wall in walls.items()}
        for slow, fast in (
            ("by a grant, action", "stock action, no authorization"),
            ("by a grant, HTTP", "open dataset, HTTP"),
        ):
            ratio = middle[slow] / middle[fast]
            lines.append(f"  {slow}: {ratio:.2f} x the time of {fast}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))
