"""What pages say of quality: sentences, and where each thing is mended."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.catalog import quality_public
from ckanext.edudata.catalog import quality_words as words
from ckanext.edudata.catalog.quality_items import kind

_TYPES = {
    "string": "text",
    "integer": "integer",
    "number": "numeric",
    "date": "date",
    "datetime": "timestamp",
    "boolean": "boolean",
}
SHOWN = 5
"""Things that the desk shows."""


def edudata_quality_entry(pkg: dict[str, Any]) -> dict[str, Any] | None:
    """Quality of an entry for its page; None for people who only see its metadata.

    :returns: as `edudata_quality_show`, with `may_confirm`, and sentences in `gaps`
        and `tables`
    """
    if not web.may("edudata_quality_show", id=pkg["id"]):
        return None
    mends = web.may("edudata_quality_values", id=pkg["id"])
    found = web.call("edudata_quality_show", id=pkg["id"], values=mends)
    edits = web.may("package_update", id=pkg["id"])
    files = {item["id"]: item for item in pkg.get("resources", [])}
    return {
        **found,
        "may_confirm": mends and not found["currency"]["refusal"],
        "gaps": [_gap(gap, pkg, files, edits) for gap in found["gaps"]],
        "tables": [_table(table, pkg, files, edits) for table in found["tables"]],
    }


def edudata_quality_desk() -> dict[str, Any] | None:
    """The most urgent entries that wait for the person: `{count, results}`."""
    if tk.current_user.is_anonymous or not web.may("edudata_quality_list"):
        return None
    found = web.call("edudata_quality_list", mine=True, limit=SHOWN)
    return found if found["count"] else None


def edudata_quality_dataset(
    pkg: dict[str, Any], versions: list[dict[str, Any]] | None = None
) -> dict[str, Any] | None:
    """What the public is told of an open dataset; None where there is nothing.

    As the action says it, of what the page has at hand already.
    """
    found = quality_public.of_dataset(pkg, versions or None)
    for table in found["tables"]:
        table["limits"] = _limits(table)
    return found if found["currency"] or found["tables"] else None


def edudata_quality_state(state: str) -> dict[str, str]:
    """Label and tone of a state of currency."""
    label, tone = words.STATES[state]
    return {"label": tk._(label), "tone": tone}


def edudata_quality_validity(state: str) -> dict[str, str]:
    """Label and tone of the validity of rows."""
    label, tone = words.VALIDITY[state]
    return {"label": tk._(label), "tone": tone}


def edudata_quality_base(currency: dict[str, Any]) -> str:
    """Since when data are current, as a sentence."""
    if not currency["base_kind"]:
        return ""
    date = tk.h.edudata_date(currency["base_on"])
    return tk._(words.BASES[currency["base_kind"]]).format(date=date)


def edudata_quality_urgent(row: dict[str, Any]) -> dict[str, str]:
    """What is the matter with an entry of a list: `{text, tone}`."""
    if row["state"] in ("overdue", "due_soon"):
        date = tk.h.edudata_date(row["due_on"])
        late = row["state"] == "overdue"
        said = tk._("Overdue since {date}") if late else tk._("Due on {date}")
        return {"text": said.format(date=date), "tone": "danger" if late else "warning"}
    if row["validity"] == "invalid":
        said = tk._("Rows that do not fit the information items: {n}")
        return {"text": said.format(n=row["bad_rows"]), "tone": "warning"}
    said = tk._("Description {n}% complete")
    return {"text": said.format(n=row["completeness"]), "tone": "secondary"}


def edudata_percent(value: float | None) -> str:
    """A rate for a page; a dash where there is nothing to rate."""
    if value is None:
        return "—"
    return f"{value:.1f}%".replace(".0%", "%")


def _gap(
    gap: dict[str, Any], pkg: dict[str, Any], files: dict[str, Any], edits: bool
) -> dict[str, Any]:
    fields = tk.h.scheming_get_dataset_schema("entry")["dataset_fields"]
    field = tk.h.scheming_field_by_name(fields, gap["field"]) or {}
    label = tk.h.scheming_language_text(field.get("label") or gap["field"])
    file = files.get(gap["resource"], {})
    if gap["resource"]:
        url = _file_url(pkg, gap["resource"])
    else:
        url = tk.h.url_for(
            "entry.edit", id=pkg["name"], _anchor=f"field-{gap['field']}"
        )
    return {
        **gap,
        "text": tk._(words.GAPS[gap["kind"]]).format(
            label=label, n=gap["count"], file=file.get("name") or ""
        ),
        "url": url if edits else None,
    }


def _file_url(pkg: dict[str, Any], resource_id: str) -> str:
    return tk.h.url_for(
        "entry_resource.edit",
        id=pkg["name"],
        resource_id=resource_id,
        _anchor="field-information_items",
    )


def _table(
    table: dict[str, Any], pkg: dict[str, Any], files: dict[str, Any], edits: bool
) -> dict[str, Any]:
    items = files.get(table["resource_id"], {}).get("information_items") or []
    known = {item["name"]: item for item in items if isinstance(item, dict)}
    for column in table["columns"]:
        item = known.get(column["name"], {})
        column["title"] = item.get("label") or column["label"] or column["name"]
        for problem in column["problems"]:
            problem["text"] = tk._(words.PROBLEMS[problem["code"]]).format(
                n=tk.h.edudata_number(problem["count"]),
                type=tk.h.edudata_type_label(_TYPES[kind(item)]),
            )
    not_done = words.NOT_DONE.get(table["state"])
    return {
        **table,
        "not_done": tk._(not_done) if not_done else "",
        "url": _file_url(pkg, table["resource_id"]) if edits else None,
    }


def _limits(table: dict[str, Any]) -> list[str]:
    """Known limits of an open table, in sentences."""
    found = []
    for column in table["columns"]:
        for problem in column["problems"]:
            said = tk._(words.PUBLIC_PROBLEMS[problem["code"]])
            n = tk.h.edudata_number(problem["count"])
            found.append(column["label"] + tk._(": ") + said.format(n=n))
    if table["repeated"]:
        said = tk._("Rows that stand in the table more than once: {n}")
        found.append(said.format(n=tk.h.edudata_number(table["repeated"])))
    if not table["whole"]:
        said = tk._("Only the first {n} rows were counted")
        found.append(said.format(n=tk.h.edudata_number(table["rows"])))
    return found


def edudata_reads_quality() -> bool:
    """Whether the person sees the page of quality."""
    return not tk.current_user.is_anonymous and web.may("edudata_quality_list")
