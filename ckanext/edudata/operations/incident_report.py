"""An incident as a file for the authority: what was noted, and the proof of it."""

from __future__ import annotations

import hashlib
import html
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.edudata.audit.exporting import Period
from ckanext.edudata.operations import incident_rules, incidents
from ckanext.edudata.operations.model_incidents import Incident

_PAGE = """<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><table>{facts}</table><h2>{course}</h2>
<table border="1" cellpadding="6"><tr>{head}</tr>{steps}</table></body></html>
"""


def made(row: Incident) -> tuple[bytes, str]:
    """A ZIP with the report to read, the same as data, and the audit records of the
    unit from the first sign to now with their proofs; and its SHA-256."""
    shown = incidents.shown(row)
    files = {
        "report.html": _page(shown).encode(),
        "incident.json": json.dumps(shown, ensure_ascii=False, indent=1).encode(),
        "audit.jsonl": "".join(_trail(row)).encode(),
    }
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in files.items()
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, "SHA256SUMS": sums.encode()}.items():
            archive.writestr(name, content)
    content = out.getvalue()
    return content, hashlib.sha256(content).hexdigest()


def _trail(row: Incident) -> Iterator[str]:
    """`ckan edudata audit check` and the script of the page of seals prove these."""
    period = Period(row.first_sign_at, incidents.now(), [row.unit_id])
    with model.ensure_engine().connect() as connection:
        for line in period.lines(connection):
            yield json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n"


def _page(shown: dict[str, Any]) -> str:
    title = tk._("Report of incident {number}").format(number=shown["number"])
    people = shown["facts"].get("people")
    datasets = "、".join(each["title"] or each["id"] for each in shown["datasets"])
    facts = [
        (tk._("Unit"), shown["unit_title"]),
        (tk._("Kind of incident"), tk._(incident_rules.KINDS[shown["kind"]])),
        (tk._("Level"), tk._(incident_rules.LEVELS[shown["level"]])),
        (tk._("State"), tk._(incident_rules.STATES[shown["state"]])),
        (tk._("First sign"), tk.h.edudata_moment(shown["first_sign_at"])),
        (tk._("Found"), tk.h.edudata_moment(shown["found_at"])),
        (tk._("Data concerned"), datasets),
        (tk._("Personal data"), _yes(shown["facts"].get("personal"))),
        (tk._("Important or core data"), _yes(shown["facts"].get("important"))),
        (tk._("People concerned, about"), str(people or "")),
    ]
    steps = [
        (
            tk.h.edudata_moment(step["at"]),
            tk.h.edudata_moment(step["noted_at"]),
            tk._(incident_rules.STEPS[step["kind"]]),
            tk.h.edudata_person_name(step["actor_id"]) if step["actor_id"] else "",
            step["words"],
        )
        for step in shown["steps"]
    ]
    head = ("When", "Noted at", "What", "Who", "In words")
    return _PAGE.format(
        lang=html.escape(str(tk.h.lang())),
        title=html.escape(str(title)),
        course=html.escape(tk._("What happened")),
        facts="".join(_row(fact, "td") for fact in facts),
        head="".join(f"<th>{html.escape(tk._(word))}</th>" for word in head),
        steps="".join(_row(step, "td") for step in steps),
    )


def _row(cells: tuple[str, ...], tag: str) -> str:
    inside = "".join(
        f"<{tag}>{html.escape(str(cell or '')).replace(chr(10), '<br>')}</{tag}>"
        for cell in cells
    )
    return f"<tr>{inside}</tr>"


def _yes(value: Any) -> str:
    return tk._("Yes") if value else tk._("No")
