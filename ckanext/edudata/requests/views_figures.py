"""Service figures for everybody: page with chart and table, CSV, JSON."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import csv_files, web
from ckanext.edudata.requests import chart_figures, counting_figures

service_figures = web.answer_refusals(Blueprint("edudata_figures", __name__))


def _asked() -> dict[str, Any]:
    given = {key: tk.request.args.get(key, "").strip() for key in ("unit", "year")}
    year = given["year"] if given["year"].isdecimal() else ""
    return {"unit_id": given["unit"], "year": year[:4]}


@service_figures.route("/service-figures")
def index() -> Any:
    """Figures by owner and year, and a chart of one owner or of all."""
    asked = _asked()
    every = web.call("edudata_request_figures")
    unit = asked["unit_id"]
    ours = web.call("edudata_request_figures", unit_id=unit) if unit else every
    rows = ours["figures"]
    charted = rows if unit else [row for row in rows if row["unit_id"] is None]
    shown = [row for row in rows if asked["year"] in ("", str(row["year"]))]
    owners = {
        row["unit_name"]: row["unit_title"]
        for row in every["figures"]
        if row["unit_id"]
    }
    return tk.render(
        "edudata/requests/figures.html",
        {
            "rows": shown,
            "k": every["k"],
            "columns": chart_figures.columns(charted),
            "chart": chart_figures,
            "bounds": [
                tk.h.edudata_share(
                    {"bound": "least", "percent": counting_figures.MOST}
                ),
                tk.h.edudata_share(
                    {"bound": "most", "percent": counting_figures.LEAST}
                ),
            ],
            "owners": sorted(owners.items(), key=lambda item: item[1]),
            "years": sorted({row["year"] for row in every["figures"]}, reverse=True),
            "given": asked,
            "title": rows[0]["unit_title"] if unit and rows else None,
        },
    )


@service_figures.route("/service-figures.json")
def as_json() -> Any:
    """The same figures for programs."""
    found = web.call("edudata_request_figures", **_asked())
    text = json.dumps(found, ensure_ascii=False, indent=1)
    return web.download(text.encode(), _name("json"), "application/json")


@service_figures.route("/service-figures.csv")
def as_csv() -> Any:
    """The same figures as a sheet."""
    found = web.call("edudata_request_figures", **_asked())
    share, k = tk.h.edudata_share, found["k"]
    head = [
        tk._("Year"),
        tk._("Owner of the data"),
        tk._("Applications"),
        tk._("Decisions"),
        tk._("Working days to the decision (median)"),
        tk._("Accepted"),
        tk._("Reasons of refusal"),
        tk._("Reviews of refusals"),
        tk._("Refusal upheld"),
        tk._("Refusal overturned"),
        tk._("Sent back"),
    ]
    rows = [
        [
            row["year"],
            row["unit_title"] or tk._("All owners together"),
            few(row["applications"], k),
            row["decisions"] or few(None, k),
            row["median_days"],
            share(row["acceptance"]),
            "; ".join(f"{each['label']}: {each['count']}" for each in row["reasons"]),
            row["reviews"] or few(None, k),
            *(
                share(row["outcomes"].get(name))
                for name in ("upheld", "overturned", "sent_back")
            ),
        ]
        for row in found["figures"]
    ]
    return web.download(csv_files.as_csv(head, rows), _name("csv"), "text/csv")


def few(number: int | None, k: int) -> int | str:
    """A number, or that there are fewer than are told."""
    return tk._("fewer than {k}").format(k=k) if number is None else number


def _name(ending: str) -> str:
    return f"{tk._('Service figures')}.{ending}"
