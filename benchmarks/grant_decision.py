"""Finding and judging a grant among a thousand, and among a million.

    ./portal test benchmarks/grant_decision.py -s

What is timed is all that stands between a caller and the rows: the look-up of a bound
token, the one statement that finds dataset, person and grants, and the pure decision;
for a person whose grant allows the read, and for one who has none. The grants are
written by SQL, three for each of the other people, a person and a token to each.
The thousand stand in tables of their own, of the same form, so that both are asked in
turn and other work on the machine falls on both; besides, the pages that PostgreSQL
touches are counted. Settings: EDUDATA_BENCHMARK_GRANTS, _RUNS.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

import sqlalchemy as sa
from ckan import model

from benchmarks.grant_read import given
from benchmarks.machine import describe
from ckanext.edudata.delivery import grants, reading, sought, tokens
from tests.conftest import clean_db, portal  # noqa: F401
from tests.delivery import conditional

FEW = 1000
MANY = int(os.environ.get("EDUDATA_BENCHMARK_GRANTS", "1000000"))
RUNS = int(os.environ.get("EDUDATA_BENCHMARK_RUNS", "600"))
AIM = 1.2
TABLES = ("edudata_grant", "edudata_grant_person", "edudata_grant_token")

SEED = """
WITH made AS (
    INSERT INTO edudata_grant (id, request_id, request_number, user_id, unit_id,
        dataset_id, resource_id, release_id, table_id, content_digest, columns, fields,
        rows, starts, until, granted_until, way, state)
    SELECT 'seeded-' || n, 'request-' || n, 'QS-2026-' || n, 'person-' || n / 3,
        unit_id, CASE n % 3 WHEN 0 THEN dataset_id ELSE 'other-' || n % 97 END,
        CASE n % 3 WHEN 0 THEN resource_id ELSE 'other-' || n % 97 END,
        release_id, table_id, content_digest, columns, fields, rows, starts, until,
        granted_until, way, state
    FROM edudata_grant, generate_series(CAST(:first AS int), CAST(:last AS int)) n
    WHERE id = :like
    RETURNING id, user_id, resource_id
), named AS (
    INSERT INTO edudata_grant_person (grant_id, user_id, resource_id)
    SELECT id, user_id, resource_id FROM made
)
INSERT INTO edudata_grant_token (jti, grant_id, user_id)
SELECT 'token-' || id, id, user_id FROM made
"""


def seed(like: str, first: int, last: int) -> None:
    for begin in range(first, last, 100000):
        end = min(begin + 100000, last) - 1
        with model.ensure_engine().begin() as connection:
            values = {"first": begin, "last": end, "like": like}
            connection.execute(sa.text(SEED), values)
    with model.ensure_engine().begin() as connection:
        for table in TABLES:
            connection.execute(sa.text(f"ANALYZE {table}"))


def set_apart() -> None:
    """Copies of the tables as they are now, in a schema of their own."""
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text("DROP SCHEMA IF EXISTS few CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA few"))
        for name in TABLES:
            for statement in (
                f"CREATE TABLE few.{name} (LIKE public.{name} INCLUDING ALL)",
                f"INSERT INTO few.{name} SELECT * FROM public.{name}",  # noqa: S608
                f"ANALYZE few.{name}",
            ):
                connection.execute(sa.text(statement))


def pages(path: str, resource_id: str, user: str) -> int:
    """Pages of tables and indexes that the statement touches."""
    statement = sought._made[0].compile(dialect=model.ensure_engine().dialect)
    values = {"resource": resource_id, "user": user, "grant": None}
    with model.ensure_engine().connect() as connection:
        connection.execute(sa.text(f"SET LOCAL search_path = {path}"))
        plan = connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}",
            {**statement.params, **values},
        ).scalar_one()
    return plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]


def test_deciding_among_many(app: Any, portal: Any, capsys: Any) -> None:  # noqa: F811
    source = conditional.released(portal, 60)
    grant = given(portal, source)
    made = portal.act(
        "edudata_grant_token_create", portal.researcher, grant_id=grant["id"]
    )
    wish = grants.Wish(fields=["school"], filters={"school": "示例一中"})

    def decide(user: dict[str, Any], allowed: bool) -> None:
        tokens.remember({"jti": made["jti"] if allowed else "none"})
        found = sought.conditional(source.resource_id, {"user": user["name"]})
        assert found is not None
        assert len(found.held) == int(allowed)
        for held in found.held:
            terms = reading.terms(held.grant, found.stopped or held.stopped)
            judged = grants.decide(terms, reading.now(), wish)
            assert isinstance(judged, grants.Allowed)

    def timed(path: str, user: dict[str, Any], allowed: bool) -> float:
        with app.flask_app.test_request_context():
            model.Session.execute(sa.text(f"SET LOCAL search_path = {path}"))
            started = time.perf_counter()
            decide(user, allowed)
            taken = time.perf_counter() - started
        model.Session.rollback()
        return taken

    seed(grant["id"], 1, FEW)
    set_apart()
    seed(grant["id"], FEW, MANY)
    with model.ensure_engine().connect() as connection:
        count = sa.text("SELECT count(*) FROM edudata_grant")
        assert connection.execute(count).scalar_one() == MANY
    people = {"with a grant": portal.researcher, "without one": portal.stranger}
    paths = {FEW: "few, public", MANY: "public"}
    lines = [describe("ckan"), f"{RUNS} decisions of each, in turn"]
    for name, user in people.items():
        allowed = user is portal.researcher
        found: dict[int, list[float]] = {number: [] for number in paths}
        touched = {}
        for turn in range(RUNS + 20):
            for number, path in paths.items():
                taken = timed(path, user, allowed)
                if turn >= 20:
                    found[number].append(taken)
        for number, path in paths.items():
            touched[number] = pages(path, source.resource_id, user["name"])
            each = sorted(found[number])
            lines.append(
                f"{number:>9} grants, {name:12} median "
                f"{statistics.median(each) * 1e3:.2f} ms, fastest tenth "
                f"{each[len(each) // 10] * 1e3:.2f} ms, {touched[number]} pages"
            )
        ratio = statistics.median(found[MANY]) / statistics.median(found[FEW])
        lines.append(f"{name}: {ratio:.2f} x the time among {FEW}, aim {AIM}")
        # An index goes down some pages; a table would be read whole.
        assert touched[MANY] <= touched[FEW] + 10
    lines.append(f"load at the end {os.getloadavg()[0]:.1f}")
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text("DROP SCHEMA few CASCADE"))
    with capsys.disabled():
        print("\n" + "\n".join(lines))
