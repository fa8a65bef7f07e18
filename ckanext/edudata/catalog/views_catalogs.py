"""Pages of catalogs: mine, a unit's, one with its lines, progress, the paper."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import current_user
from flask import Blueprint, Response

from ckanext.edudata import web
from ckanext.edudata.catalog import book_catalogs as book
from ckanext.edudata.catalog import export_catalogs as export
from ckanext.edudata.catalog import levels_catalogs as levels
from ckanext.edudata.catalog import schema_catalogs as schema
from ckanext.edudata.catalog import scope_view
from ckanext.edudata.catalog import showing_catalogs as showing
from ckanext.edudata.catalog import states_catalogs as states
from ckanext.edudata.units import people, who_may

edudata_catalogs = web.answer_refusals(
    Blueprint("edudata_catalogs", __name__, url_prefix="/catalogs")
)

PAGE = 50
SHEET = 60
"""Changes that the paper itself lists; more stand in the portal."""

_DONE = {
    "prepare": "Prepared from the approved data resources. A reviewer submits it.",
    "submit": "Submitted. The level coordinator consolidates next.",
    "withdraw": "Taken back. It can be prepared anew.",
    "return": "Returned to the unit with your words.",
    "consolidate": "Consolidated. Look it through, then ask for the leader’s consent.",
    "merge": "Merged. Look it through, then ask for the leader’s consent.",
    "ask_consent": "The leader was asked. The approval sheet can be printed.",
    "recall": "Taken back from the leader.",
    "consent": "Your consent is on record.",
    "refuse": "Not consented. The coordinator reads your reason.",
    "publish": "Published within its sharing scope.",
}


@edudata_catalogs.before_request
def logged_in() -> Any:
    """Nobody without an account learns which catalogs there are."""
    return web.to_login() if current_user.is_anonymous else None


def _roles_or_nothing() -> None:
    if not people.units_where(current_user.id, who_may.roles_for("catalog_read")):
        raise tk.ObjectNotFound


@edudata_catalogs.route("/", strict_slashes=False)
def index() -> Any:
    """What waits, my units, and what was published."""
    _roles_or_nothing()
    asked, page = _asked("q", "scope", "state"), _page()
    found = web.call(
        "edudata_catalog_list",
        **{**asked, "state": asked.get("state") or "published"},
        limit=PAGE,
        offset=PAGE * (page - 1),
    )
    mine = people.units_where(current_user.id, who_may.roles_for("catalog_read"))
    every = levels.Levels()
    return tk.render(
        "edudata/catalog/catalogs/index.html",
        {
            "found": found,
            "asked": asked,
            "scopes": states.SCOPES,
            "mine": [
                {**unit, "level": every.by_id.get(every.of(unit["id"]))}
                for unit in every.units
                if unit["id"] in mine
            ][:PAGE],
            **_pages(found["count"], page),
        },
    )


@edudata_catalogs.route("/id/<id>")
def by_id(id: str) -> Any:
    """To a catalog's own address."""
    return _to(web.call("edudata_catalog_show", id=id))


@edudata_catalogs.route("/<unit>")
def unit(unit: str) -> Any:
    """All catalogs of a unit that one may know of, and what can be begun."""
    return _unit_page(unit, [])


def _unit_page(name: str, summary: list[dict[str, str]]) -> Any:
    _roles_or_nothing()
    every, page = levels.Levels(), _page()
    one = next((u for u in every.units if name in (u["name"], u["id"])), None)
    if one is None:
        raise tk.ObjectNotFound
    found = web.call(
        "edudata_catalog_list",
        unit_id=one["id"],
        limit=PAGE,
        offset=PAGE * (page - 1),
    )
    city = every.city()
    keeps = every.keeps(one["id"])
    shown = tk.render(
        "edudata/catalog/catalogs/unit.html",
        {
            "unit": one,
            "level": every.by_id.get(every.of(one["id"])),
            "found": found,
            "keeps": keeps,
            "beginnings": [
                command
                for command, here in (
                    ("prepare", True),
                    ("consolidate", keeps),
                    ("merge", bool(city) and city["id"] == one["id"]),
                )
                if here and web.may(f"edudata_catalog_{command}", unit_id=one["id"])
            ],
            "sees_progress": keeps
            and web.may("edudata_catalog_progress", unit_id=one["id"]),
            "summary": summary,
            **_pages(found["count"], page),
        },
    )
    return (shown, 422) if summary else shown


@edudata_catalogs.route(
    "/<unit>/<any(prepare, consolidate, merge):command>", methods=["POST"]
)
def begin(unit: str, command: str) -> Any:
    """Make a unit's, a level's or the Shanghai catalog."""
    try:
        made = web.call(f"edudata_catalog_{command}", unit_id=unit)
    except tk.ValidationError as error:
        return _unit_page(unit, web.summary(error, {"state": "", "unit_id": ""}))
    tk.h.flash_success(tk._(_DONE[command]))
    return _to(made)


@edudata_catalogs.route("/<unit>/progress")
def progress(unit: str) -> Any:
    """How far the units of a level are."""
    asked, page = _asked("stand", "q"), _page()
    try:
        found = web.call(
            "edudata_catalog_progress",
            unit_id=unit,
            **asked,
            limit=PAGE,
            offset=PAGE * (page - 1),
        )
    except tk.NotAuthorized:
        raise tk.ObjectNotFound from None
    every = levels.Levels()
    one = next(u for u in every.units if unit in (u["name"], u["id"]))
    return tk.render(
        "edudata/catalog/catalogs/progress.html",
        {
            "unit": one,
            "found": found,
            "asked": asked,
            "stands": showing.STANDS,
            "coordinates": web.may("edudata_catalog_consolidate", unit_id=one["id"]),
            "bulk": {
                name: web.may(f"edudata_catalog_{name}", unit_id=one["id"])
                for name in ("prepare_all", "submit_all")
            },
            **_pages(found["count"], page),
        },
    )


@edudata_catalogs.route(
    "/<unit>/<any(remind, prepare_all, submit_all):command>", methods=["POST"]
)
def for_all(unit: str, command: str) -> Any:
    """What is done for all units of a level with one click."""
    done = web.call(f"edudata_catalog_{command}", unit_id=unit)
    if command == "remind":
        words = tk._("{units} units are behind; {people} people were told anew.")
    elif command == "prepare_all":
        words = tk._("{done} catalogs prepared; {left} units have nothing approved.")
    else:
        words = tk._("{done} catalogs submitted; {left} were left, see their pages.")
    tk.h.flash_success(words.format(**done))
    return tk.redirect_to("edudata_catalogs.progress", unit=unit)


@edudata_catalogs.route("/<unit>/<number>")
def show(unit: str, number: str) -> Any:
    """A catalog: where it stands, what can be done, its lines."""
    return _catalog_page(number, None, {})


def _catalog_page(
    number: str, error: tk.ValidationError | None, typed: dict[str, str]
) -> Any:
    catalog = web.call("edudata_catalog_show", id=number)
    asked, page = _asked("q", "sharing_class", "opening_class"), _page()
    found = web.call(
        "edudata_catalog_row_list",
        id=catalog["id"],
        **asked,
        limit=PAGE,
        offset=PAGE * (page - 1),
    )
    labels = {"state": "", "reason": tk._("Reason"), "day": tk._("Day of the consent")}
    shown = tk.render(
        "edudata/catalog/catalogs/show.html",
        {
            "catalog": catalog,
            "unit": _name(catalog["unit_id"]),
            "found": found,
            "asked": asked,
            "typed": typed,
            "today": book.today().isoformat(),
            "words_most": schema.WORDS,
            "rules": states.COMMANDS,
            "alike": _alike(catalog),
            "formats": list(export.TYPES),
            "summary": web.summary(error, labels) if error else [],
            **_pages(found["count"], page),
        },
    )
    return (shown, 422) if error else shown


def _alike(catalog: dict[str, Any]) -> list[Any]:
    if not catalog["works"] or not catalog["summary"].get("duplicates"):
        return []
    return web.call("edudata_catalog_alike", id=catalog["id"])[:20]


_GIVEN = (
    "submit, withdraw, return, ask_consent, recall, consent, refuse, publish, "
    "prepare, consolidate, merge"
)


@edudata_catalogs.route(f"/<unit>/<number>/<any({_GIVEN}):command>", methods=["POST"])
def give(unit: str, number: str, command: str) -> Any:
    """Give a command; what was typed comes back where it is refused."""
    form = tk.request.form
    typed = {key: form[key] for key in ("reason", "words", "day") if form.get(key)}
    try:
        if command in states.BEGINNINGS.values():
            done = web.call(
                f"edudata_catalog_{command}",
                unit_id=web.call("edudata_catalog_show", id=number)["unit_id"],
            )
        else:
            done = web.call(
                f"edudata_catalog_{command}",
                id=number,
                digest=form.get("digest", ""),
                **typed,
            )
    except tk.ValidationError as error:
        model.Session.rollback()
        return _catalog_page(number, error, {**typed, "command": command})
    tk.h.flash_success(tk._(_DONE[command]))
    return _to(done)


@edudata_catalogs.route("/<unit>/<number>/line/<entry_id>")
def line(unit: str, number: str, entry_id: str) -> Any:
    """One line with all its metadata and information items."""
    catalog = web.call("edudata_catalog_show", id=number)
    found = web.call("edudata_catalog_row_list", id=catalog["id"], entry_id=entry_id)
    if not found["results"]:
        raise tk.ObjectNotFound
    return tk.render(
        "edudata/catalog/catalogs/line.html",
        {
            "catalog": catalog,
            "unit": _name(catalog["unit_id"]),
            "line": found["results"][0],
            "fields": export.FIELDS,
        },
    )


@edudata_catalogs.route("/<unit>/<number>/changes")
def changes(unit: str, number: str) -> Any:
    """What changed against an earlier version."""
    asked, page = _asked("kind", "against"), _page()
    catalog = web.call("edudata_catalog_show", id=number)
    found = web.call(
        "edudata_catalog_diff",
        id=catalog["id"],
        **asked,
        limit=PAGE,
        offset=PAGE * (page - 1),
    )
    versions = web.call(
        "edudata_catalog_list",
        unit_id=catalog["unit_id"],
        scope=catalog["scope"],
        state="published",
    )
    count = found[asked["kind"]] if asked.get("kind") else _all_changes(found)
    return tk.render(
        "edudata/catalog/catalogs/changes.html",
        {
            "catalog": catalog,
            "unit": _name(catalog["unit_id"]),
            "found": found,
            "asked": asked,
            "versions": [
                version
                for version in versions["results"]
                if version["number"] != catalog["number"]
            ],
            **_pages(count, page),
        },
    )


def _all_changes(found: dict[str, Any]) -> int:
    return sum(found[kind] for kind in ("added", "removed", "changed"))


@edudata_catalogs.route("/<unit>/<number>/sheet")
def sheet(unit: str, number: str) -> Any:
    """呈批件: the paper that goes to the leader, for printing."""
    catalog = web.call("edudata_catalog_show", id=number)
    if not catalog["works"] or catalog["scope"] == states.UNIT:
        raise tk.ObjectNotFound
    diff = web.call("edudata_catalog_diff", id=catalog["id"], limit=SHEET)
    last = {step["command"]: step for step in catalog["history"]}
    return tk.render(
        "edudata/catalog/catalogs/sheet.html",
        {
            "catalog": catalog,
            "unit": _name(catalog["unit_id"]),
            "diff": diff,
            "more": max(0, _all_changes(diff) - SHEET),
            "asked": last.get("ask_consent"),
            "decided": last.get("refuse") or last.get("consent"),
            "made": last.get("merge") or last.get("consolidate"),
        },
    )


@edudata_catalogs.route("/<unit>/<number>/lines.<any(csv, xlsx, json):format>")
def lines(unit: str, number: str, format: str) -> Any:
    """All lines that one sees, as a file."""
    catalog = web.call("edudata_catalog_show", id=number)
    rows = _every(catalog["id"])
    head = [tk._("No."), *(tk.h.edudata_catalog_label(name) for name in export.FIELDS)]
    words = _remembered()
    if format == "csv":
        made = export.as_csv(head, rows, words)
    elif format == "json":
        facts = ("number", "scope", "unit_title", "state", "published_at")
        made = export.as_json({key: catalog[key] for key in facts}, rows)
    else:
        items = [
            *(tk._("No."), tk.h.edudata_catalog_label("title"), tk._("Name")),
            *(tk._("Label"), tk._("Type"), tk._("Description")),
        ]
        names = (tk._("Data resources"), tk._("Information items"))
        title = tk.h.edudata_catalog_title(catalog)
        made = export.as_xlsx(title, names, head, items, rows, words)
    answer = Response(made)
    answer.headers["Content-Type"] = export.TYPES[format]
    name = f"{catalog['number']}.{format}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _every(catalog_id: str) -> Any:
    offset = 0
    while True:
        found = web.call(
            "edudata_catalog_row_list", id=catalog_id, limit=1000, offset=offset
        )["results"]
        yield from found
        if len(found) < 1000:
            return
        offset += 1000


def _remembered() -> export.Words:
    """Words of coded values, looked up once for each."""
    known: dict[tuple[str, str], str] = {}

    def words(name: str, value: Any) -> str:
        if name not in scope_view.CODED:
            return str(value)
        key = (name, str(value))
        if key not in known:
            known[key] = tk.h.edudata_catalog_words(name, value)
        return known[key]

    return words


def _to(catalog: dict[str, Any]) -> Any:
    return tk.redirect_to(
        "edudata_catalogs.show",
        unit=_name(catalog["unit_id"]),
        number=catalog["number"],
    )


def _name(unit_id: str) -> str:
    unit = model.Group.get(unit_id)
    return unit.name if unit else unit_id


_KNOWN = {
    "scope": states.SCOPES,
    "state": states.STATES,
    "stand": showing.STANDS,
    "kind": dict.fromkeys(("added", "removed", "changed")),
}


def _asked(*names: str) -> dict[str, str]:
    """What was asked for by the address; what cannot be is left out."""
    given = {name: tk.request.args.get(name, "").strip()[:100] for name in names}
    return {
        name: value
        for name, value in given.items()
        if value and value in _KNOWN.get(name, (value,))
    }


def _page() -> int:
    return max(1, tk.h.get_page_number(tk.request.args))


def _pages(count: int, page: int) -> dict[str, int]:
    return {"page": page, "pages": max(1, -(-count // PAGE))}
