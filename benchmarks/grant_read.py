"""Reading by a grant against stock ``datastore_search`` on the same rows.

    ./portal test benchmarks/grant_read.py -s

Runs as a test because it needs a portal: an open and a conditional release of the same
rows, a grant, a token. Over HTTP, through the whole application, the same question is
put in turn to

- stock: CKAN's own ``datastore_search``, none of the portal's chained actions before
  it, on the open dataset, with a token of the account;
- open: the same with the portal's actions, as everybody reads open data;
- grant: the conditional dataset with the token of a grant on 2 of its 4 columns. It
  finds and judges the grant, counts the call, and puts the delivery and its audit
  record on record before it answers.

The ways take turns, so that what else the machine does falls on all of them alike.
Settings: EDUDATA_BENCHMARK_ROWS, _RUNS, _SIZES.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import Any

import ckan.logic
import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckanext.datastore.logic.action import datastore_search as stock_search

from benchmarks.machine import describe, spread
from ckanext.edudata.delivery import ordering
from ckanext.edudata.delivery.model import Grant
from tests.conftest import clean_db, portal  # noqa: F401
from tests.delivery import conditional
from tests.delivery.conftest import (  # noqa: F401
    account_token,
)

ROWS = int(os.environ.get("EDUDATA_BENCHMARK_ROWS", "20000"))
RUNS = int(os.environ.get("EDUDATA_BENCHMARK_RUNS", "40"))
SIZES = os.environ.get("EDUDATA_BENCHMARK_SIZES", "10,100,1000,10000")
API = "/api/3/action/datastore_search"
FIELDS = ["school", "pupils"]
STOCK, OPEN, GRANT = "stock", "open", "grant"
AIM = 1.15


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


def given(portal: Any, source: Any) -> dict[str, Any]:  # noqa: F811
    """The researcher's grant on two of the four columns, as provision makes it."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return tk.get_action("edudata_grant_create")(
        {"ignore_auth": True},
        {
            "request_id": "benchmark",
            "request_number": "QS-2026-000001",
            "user_id": portal.researcher["id"],
            "resource_id": source.resource_id,
            "fields": FIELDS,
            "starts": now,
            "until": now + datetime.timedelta(days=90),
        },
    )


def in_turn(
    ways: dict[str, Callable[[], Any]], runs: int
) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """The last answer and the wall seconds of each way, one run of each in turn."""
    answers: dict[str, Any] = {}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for name, way in ways.items():
        answers[name] = way()
    for turn in range(runs):
        names = list(ways)
        # Nobody always goes first.
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            started = time.perf_counter()
            answers[name] = ways[name]()
            times[name].append(time.perf_counter() - started)
    return answers, times


@pytest.mark.ckan_config("ckan.datastore.search.rows_max", 32000)
def test_reading_by_a_grant(
    app: Any,
    portal: Any,  # noqa: F811
    account_token: Any,  # noqa: F811
    capsys: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = conditional.released(portal, ROWS)
    grant = given(portal, source)
    prepared(grant)
    bound = portal.act(
        "edudata_grant_token_create", portal.researcher, grant_id=grant["id"]
    )["token"]
    plain = account_token(portal.researcher)
    open_id = opened(portal, source.rows)
    ours = tk.get_action("datastore_search")

    def http(resource_id: str, token: str, action: Any, asked: dict[str, Any]) -> Any:
        fields = {"resource_id": resource_id, "fields": ",".join(FIELDS)}
        monkeypatch.setitem(ckan.logic._actions, "datastore_search", action)
        answer = app.get(
            API, query_string={**asked, **fields}, headers={"Authorization": token}
        )
        assert answer.status_code == 200, answer.text[:200]
        return answer.data

    lines = [describe("ckan"), f"{ROWS} rows, 2 of 4 fields, {RUNS} runs of each, warm"]
    worst = 0.0
    for size, sort in product(map(int, SIZES.split(",")), ("", ",".join(FIELDS))):
        asked = {"limit": size, **({"sort": sort} if sort else {})}
        ways = {
            STOCK: lambda asked=asked: http(open_id, plain, stock_search, asked),
            OPEN: lambda asked=asked: http(open_id, plain, ours, asked),
            GRANT: lambda asked=asked: http(source.resource_id, bound, ours, asked),
        }
        answers, times = in_turn(ways, RUNS)
        found = {name: json.loads(answer)["result"] for name, answer in answers.items()}
        assert all(answer["total"] == ROWS for answer in found.values())
        lengths = {name: len(answer["records"]) for name, answer in found.items()}
        assert set(lengths.values()) == {min(size, ROWS)}, lengths
        assert all(list(row) == FIELDS for row in found[GRANT]["records"])
        # Unsorted, a grant gives rows in an order that tells nothing of other fields.
        if sort:
            assert same(found[GRANT]["records"], found[STOCK]["records"])
        lines.append(f"\n{min(size, ROWS)} rows an answer, sorted by {sort or '-'}")
        lines += [
            f"  {name:6} {spread(wall, 1000, 'ms')}" for name, wall in times.items()
        ]
        middle = {name: statistics.median(wall) for name, wall in times.items()}
        worst = max(worst, middle[GRANT] / middle[STOCK])
        lines.append(f"  grant: {middle[GRANT] / middle[STOCK]:.2f} x stock")
    lines.append(f"\nworst: {worst:.2f} x stock, aim {AIM}")
    lines.append(f"load at the end {os.getloadavg()[0]:.1f}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))


def prepared(grant: dict[str, Any]) -> None:
    """What the worker does after a grant was given."""
    row = model.Session.get(Grant, grant["id"])
    assert row is not None
    assert ordering.prepare(row.table_id, ordering.order(row))
    model.Session.remove()


def same(one: list[Any], other: list[Any]) -> bool:
    return Counter(map(row_text, one)) == Counter(map(row_text, other))


def row_text(row: Any) -> str:
    return json.dumps(row, sort_keys=True, default=str)
