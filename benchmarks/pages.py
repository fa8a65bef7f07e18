"""Public pages with 2,000 units and 10,000 datasets against stock CKAN's.

    ./portal test benchmarks/pages.py -s

Both sides are served by gunicorn from the same database and index: one with the portal,
one with the other plugins only (scheming with the same fields, DataStore, dcat). Units
and datasets are copies, by SQL and into the index, of one school and of one entry that
went the whole way to its release. Requests take turns. Settings:
EDUDATA_BENCHMARK_UNITS, _DATASETS, _RUNS.
"""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import socket
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from ckan import model
from ckan.lib import search
from ckanext.datastore.backend.postgres import get_write_engine

from benchmarks.machine import describe
from tests.browser.conftest import ROOT, Program
from tests.conftest import clean_db, make_unit, portal  # noqa: F401

UNITS = int(os.environ.get("EDUDATA_BENCHMARK_UNITS", "2000"))
DATASETS = int(os.environ.get("EDUDATA_BENCHMARK_DATASETS", "10000"))
RUNS = int(os.environ.get("EDUDATA_BENCHMARK_RUNS", "60"))
MOST = 1.10
BUREAUS = 16
LOADED = 20
#: Our plugin's name among the others.
OURS = "edudata"
_LEFT_ALONE = ("edudata_audit", "edudata_notice", "edudata_role_assignment")
_ROWS = (
    "学校标识码,学校名称,办学类型,学生数\n"
    + "\n".join(f"21310{n:05d},示例第{n}小学,公办,{300 + n}" for n in range(200))
).encode()


class Copies:
    """Rows and documents of one dataset and entry, once more under other names."""

    def __init__(self, portal: Any) -> None:  # noqa: F811
        self.session = model.Session
        self.school, self.bureau = portal.school, portal.bureau
        entry = portal.entry(title="徐汇区小学名单", owner_org=portal.school["id"])
        portal.upload(entry, "小学名单.csv", _ROWS)
        release = portal.released(entry)
        shown = portal.act("package_show", None, id=release["dataset_id"])
        self.dataset, self.entry = shown, entry
        self.tables = [item["id"] for item in shown["resources"]]
        self.own = [shown["id"], entry["id"], *self.tables]
        rows = {
            table: self._rows(table)
            for table in self._names()
            if table not in (*_LEFT_ALONE, "group", "user", "revision")
        }
        self.rows = {table: found for table, found in rows.items() if found}
        self.ids = list(
            dict.fromkeys(
                value
                for found in self.rows.values()
                for row in found
                for value in self._ids(row)
            )
        )

    def _names(self) -> list[str]:
        first = ["package", "resource"]
        found = self.session.scalars(
            sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        return first + sorted(set(found) - set(first))

    def _rows(self, table: str) -> list[str]:
        return list(
            self.session.scalars(
                sa.text(
                    f'SELECT to_jsonb(t)::text FROM "{table}" t '  # noqa: S608
                    "WHERE to_jsonb(t)::text ~ :any"
                ),
                {"any": "|".join(self.own)},
            )
        )

    def _ids(self, row: str) -> Iterator[str]:
        """Ids that the copy has of its own."""
        keys = ("id", "package_id", "resource_id", "table_id", "release_id")
        keys += ("entry_version_id", "version_id", "entry_id", "dataset_id")
        for key, value in json.loads(row).items():
            if key in keys and isinstance(value, str) and len(value) == 36:
                yield value

    def swap(self, number: int, unit: dict[str, Any]) -> Callable[[str], str]:
        pairs = [(self.school[k], unit[k]) for k in ("id", "name", "title")]
        pairs += [(self.bureau[k], unit["bureau"][k]) for k in ("id", "name", "title")]
        pairs += [(value, other(value, number)) for value in self.ids]
        pairs += [
            (self.dataset["name"], f"{self.dataset['name']}-{number}"),
            (self.entry["name"], f"{self.entry['name']}-{number}"),
            ("徐汇区小学名单", f"{unit['title']}名单{number}"),
        ]

        def swapped(text: str) -> str:
            for old, new in pairs:
                text = text.replace(old, new)
            return text

        return swapped


def _moment(value: Any) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def other(value: str, number: int) -> str:
    digest = hashlib.md5(f"{value}{number}".encode()).hexdigest()  # noqa: S324
    parts = digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:]
    return "-".join(parts)


def insert(table: str, rows: list[str]) -> None:
    model.Session.execute(
        sa.text(
            f'INSERT INTO "{table}" SELECT * FROM '  # noqa: S608
            f'jsonb_populate_recordset(NULL::"{table}", :rows) ON CONFLICT DO NOTHING'
        ),
        {"rows": f"[{','.join(rows)}]"},
    )


def make_units(portal: Any) -> list[dict[str, Any]]:  # noqa: F811
    bureaus = [
        make_unit(
            f"b{n}", f"示例{n}区教育局", "district_bureau", portal.commission["id"]
        )
        for n in range(BUREAUS)
    ]
    row = model.Session.scalar(
        sa.text('SELECT to_jsonb(g)::text FROM "group" g WHERE id = :id'),
        {"id": portal.school["id"]},
    )
    units, rows = [], []
    for number in range(UNITS - BUREAUS - 4):
        bureau = bureaus[number % BUREAUS]
        unit = {
            "id": other(portal.school["id"], number),
            "name": f"school-{number}",
            "title": f"示例第{number}学校",
            "bureau": bureau,
        }
        text = str(row)
        for key in ("id", "name", "title"):
            text = text.replace(portal.school[key], unit[key])
        rows.append(text.replace(portal.bureau["id"], bureau["id"]))
        units.append(unit)
    insert("group", rows)
    model.Session.commit()
    return units


def make_datasets(copies: Copies, units: list[dict[str, Any]]) -> None:
    solr = search.make_connection()
    documents = [
        json.dumps(
            {k: v for k, v in found.items() if k != "_version_"}, default=_moment
        )
        for found in solr.search(
            "id:(" + " ".join(copies.own[:2]) + ")", fl="*", rows=10
        )
    ]
    assert len(documents) == 2, "the dataset and its entry stand in the index"
    for start in range(0, DATASETS, 250):
        swaps = [
            copies.swap(n, units[n % len(units)])
            for n in range(start, min(start + 250, DATASETS))
        ]
        for table, rows in copies.rows.items():
            insert(table, [swap(row) for swap in swaps for row in rows])
        model.Session.commit()
        made = []
        for number, swap in enumerate(swaps, start):
            for place, text in enumerate(documents):
                document = json.loads(swap(text))
                document["index_id"] = hashlib.md5(  # noqa: S324
                    f"{number}-{place}".encode()
                ).hexdigest()
                made.append(document)
        solr.add(docs=made, commit=False)
    solr.commit(waitSearcher=True)
    with get_write_engine().begin() as connection:
        for table in copies.tables:
            for number in range(LOADED):
                new = other(table, number)
                connection.execute(
                    sa.text(f'CREATE TABLE "{new}" (LIKE "{table}" INCLUDING INDEXES)')
                )
                connection.execute(
                    sa.text(f'INSERT INTO "{new}" SELECT * FROM "{table}"')  # noqa: S608
                )
                connection.execute(sa.text(f'GRANT SELECT ON "{new}" TO PUBLIC'))
    for table in (*copies.rows, "group"):
        model.Session.execute(sa.text(f'ANALYZE "{table}"'))
    model.Session.commit()


def plain_schema(path: Path, target: Path) -> None:
    """Our fields without our validators, for CKAN without us."""
    schema = yaml.safe_load(path.read_text("utf-8"))
    core = ("title", "name", "notes", "owner_org", "tag_string", "url", "license_id")
    presets = {
        "title": "title",
        "name": "dataset_slug",
        "owner_org": "dataset_organization",
    }
    for part in ("dataset_fields", "resource_fields", "fields"):
        if part in schema:
            schema[part] = [
                {
                    "field_name": field["field_name"],
                    "label": field.get("label", field["field_name"]),
                    **(
                        {"preset": presets[field["field_name"]]}
                        if part == "dataset_fields" and field["field_name"] in presets
                        else {"validators": "ignore_missing unicode_safe"}
                        if field["field_name"] not in core
                        else {}
                    ),
                }
                for field in schema[part]
            ]
    target.write_text(yaml.safe_dump(schema, allow_unicode=True), "utf-8")


def stock_ini(ini: Path, folder: Path) -> Path:
    read = configparser.RawConfigParser()
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(ini, "utf-8")
    app = read["app:main"]
    plugins = [p for p in app["ckan.plugins"].split() if p != OURS]
    app["ckan.plugins"] = " ".join(plugins)
    # scheming finds its files beside a module.
    package = folder / "stock_schemas"
    package.mkdir()
    (package / "__init__.py").touch()
    app["scheming.presets"] = "ckanext.scheming:presets.json"
    for key, names in (
        ("scheming.dataset_schemas", ("entry", "dataset")),
        ("scheming.organization_schemas", ("unit",)),
    ):
        for name in names:
            plain_schema(ROOT / "schemas" / f"{name}.yaml", package / f"{name}.yaml")
        app[key] = " ".join(f"{package.name}:{name}.yaml" for name in names)
    for key in [key for key in app if key.startswith("ckanext.edudata")]:
        del app[key]
    target = folder / "stock.ini"
    with target.open("w", encoding="utf-8") as stream:
        read.write(stream)
    return target


class Server:
    def __init__(self, ini: Path, folder: Path, name: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        env = {**os.environ, "CKAN_SITE_URL": self.url, "CKAN_INI": str(ini)}
        env["PYTHONPATH"] = str(folder)
        self.program = Program(folder / f"{name}.log", env)
        options = ["--bind", f"127.0.0.1:{port}", "--threads", "2", "--timeout", "120"]
        self.program.start(
            sys.executable, "-m", "gunicorn", *options, "stack.wsgi:application"
        )

    def ready(self) -> None:
        until = time.monotonic() + 120
        while True:
            try:
                self.get("/api/3/action/status_show")
                return
            except OSError:  # noqa: PERF203
                log = self.program.log.read_text()[-3000:]
                assert self.program.alive(), log
                assert time.monotonic() < until, log
                time.sleep(0.5)

    def get(self, path: str) -> float:
        started = time.perf_counter()
        request = urllib.request.Request(  # noqa: S310
            self.url + path, headers={"Accept-Language": "zh-CN"}
        )
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            answer.read()
        return time.perf_counter() - started


def quantile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def test_pages(portal: Any, tmp_path: Path, pytestconfig: Any, capsys: Any) -> None:  # noqa: F811
    copies = Copies(portal)
    started = time.perf_counter()
    units = make_units(portal)
    make_datasets(copies, units)
    lines = [
        describe("ckan"),
        f"{UNITS} units, {DATASETS} datasets and as many entries, seeded in "
        f"{time.perf_counter() - started:.0f} s; {RUNS} requests of each, taking turns",
    ]
    name, title = copies.dataset["name"], "示例"
    pages: dict[str, Callable[[int], str]] = {
        "a school": lambda n: f"/organization/school-{n % 900}",
        "a district": lambda n: f"/organization/b{n % BUREAUS}",
        "a dataset": lambda n: f"/dataset/{name}-{n % LOADED}",
        "all datasets": lambda n: "/dataset/",
        "a later page": lambda n: f"/dataset/?page={n % 30 + 2}",
        "search": lambda n: f"/dataset/?q={n % 900}",
        "search in Chinese": lambda n: "/dataset/?q=" + urllib.request.quote(title),
        "package_search": lambda n: f"/api/3/action/package_search?q={n % 900}",
        "package_show": lambda n: f"/api/3/action/package_show?id={name}-{n % 900}",
        "units": lambda n: "/organization/",
    }
    ini = Path(pytestconfig.getoption("ckan_ini")).resolve()
    servers = {
        "portal": Server(ini, tmp_path, "portal"),
        "stock": Server(stock_ini(ini, tmp_path), tmp_path, "stock"),
    }
    slow = []
    try:
        for server in servers.values():
            server.ready()
        for label, path in pages.items():
            for server in servers.values():
                for number in range(3):
                    server.get(path(number))
            times: dict[str, list[float]] = {side: [] for side in servers}
            for number in range(RUNS):
                for side, server in servers.items():
                    times[side].append(server.get(path(number)))
            middle = {s: statistics.median(t) for s, t in times.items()}
            late = {s: quantile(t, 0.95) for s, t in times.items()}
            ratios = (
                middle["portal"] / middle["stock"],
                late["portal"] / late["stock"],
            )
            slow += [label] if max(ratios) > MOST else []
            lines.append(
                f"  {label:20} {middle['portal'] * 1000:7.1f} ms, stock "
                f"{middle['stock'] * 1000:7.1f}; 95 %: {late['portal'] * 1000:7.1f}, "
                f"{late['stock'] * 1000:7.1f}; x {ratios[0]:.2f}, {ratios[1]:.2f}"
            )
    finally:
        for server in servers.values():
            server.program.stop()
    lines.append(f"above {MOST}: {', '.join(slow) or 'none'}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))
