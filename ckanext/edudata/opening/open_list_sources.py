"""What the open list of a unit is made from, and the draft that comes out of it.

Read are the last release of each entry and the version last approved. Of a working copy
only whether it is still marked as publishable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata.desensitization.ruleset import RULESET
from ckanext.edudata.opening import open_list
from ckanext.edudata.opening.model_open_list import OpenListWords, Withdrawal

_RELEASES = sa.text(
    """
    SELECT r.entry_id, r.dataset_id, r.unit_id, r.state,
           r.dataset - 'resources' - 'notes' AS dataset,
           CAST(r.stopped_at AT TIME ZONE 'Asia/Shanghai' AS date) AS stopped_on
    FROM edudata_release r
    JOIN package p ON p.id = r.dataset_id AND p.type = 'dataset' AND p.state = 'active'
    WHERE r.unit_id = ANY(:units) AND r.state IN ('live', 'stopped')
      AND NOT EXISTS (SELECT 1 FROM edudata_release later
                      WHERE later.dataset_id = r.dataset_id
                        AND later.version > r.version)
    """
)
_APPROVED = sa.text(
    """
    SELECT entry_id, owner_org, content, marked FROM (
        SELECT DISTINCT ON (v.entry_id) v.entry_id, p.owner_org,
               p.extras ->> 'open_list_publishable' AS marked,
               v.content ->> 'owner_org' AS approved_for,
               jsonb_build_object(
                   'title', v.content -> 'title',
                   'opening_class', v.content -> 'opening_class',
                   'opening_ground', v.content -> 'opening_ground',
                   'opening_plan_date', v.content -> 'opening_plan_date',
                   'open_list_publishable', v.content -> 'open_list_publishable',
                   'open_list_reason', v.content -> 'open_list_reason') AS content
        FROM edudata_entry_version v
        JOIN package p ON p.id = v.entry_id AND p.type = 'entry' AND p.state = 'active'
        WHERE p.owner_org = ANY(:units) AND v.state IN ('approved', 'released')
        ORDER BY v.entry_id, v.number DESC
    ) last
    WHERE approved_for = owner_org
      AND (content ->> 'open_list_publishable' IS NOT NULL
           OR content ->> 'opening_plan_date' IS NOT NULL)
    """
)
#: Words that are read together; each reading is a process of its own.
_TOGETHER = 60
_VERDICTS = {"clear": None, "blocked": "personal"}

REFUSALS = {
    "personal": "Not published: there seem to be personal data in the title or the "
    "reason. Correct the entry and have it approved again.",
    "unchecked": "Not published: title and reason could not be checked for personal "
    "data. Try again later.",
    "withdrawn": "Not published: this line was withdrawn with exactly these words. "
    "Correct the entry and have it approved or released again.",
}


@dataclass
class Draft:
    """What would be published, what is refused (as `[{line, reason}]`), and how many
    entries have a planned day but are not marked."""

    lines: list[open_list.Line] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    unmarked: int = 0


def entries(unit_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Facts of the entries of units, as `open_list.make` takes them."""
    units = {"units": list(unit_ids)}
    found: dict[str, dict[str, dict[str, Any]]] = {unit: {} for unit in unit_ids}

    def of(unit_id: str, entry_id: str) -> dict[str, Any]:
        empty = {"approved": None, "marked": False, "release": None}
        return found[unit_id].setdefault(entry_id, {"entry_id": entry_id, **empty})

    for row in model.Session.execute(_RELEASES, units).mappings():
        of(row["unit_id"], row["entry_id"])["release"] = {
            "state": row["state"],
            "dataset_id": row["dataset_id"],
            "dataset": row["dataset"],
            "stopped_on": row["stopped_on"] and row["stopped_on"].isoformat(),
        }
    for row in model.Session.execute(_APPROVED, units).mappings():
        entry = of(row["owner_org"], row["entry_id"])
        entry["approved"] = row["content"]
        entry["marked"] = str(row["marked"] or "").lower() == "true"
    return {unit: list(each.values()) for unit, each in found.items()}


def drafts(unit_ids: Sequence[str], *, check: bool) -> dict[str, Draft]:
    """The draft of each unit's next version.

    :param check: read the words that nobody read yet, which takes seconds; otherwise
        lines with such words stand in the draft as if they were clear
    """
    found: dict[str, Draft] = {}
    for unit_id, each in entries(unit_ids).items():
        lines = open_list.make(each)
        found[unit_id] = Draft(
            lines,
            unmarked=sum(map(open_list.only_planned, each)),
        )
    every = [line for draft in found.values() for line in draft.lines]
    refusals = {**verdicts(every, check=check), **_withdrawn(unit_ids, every)}
    for draft in found.values():
        lines, draft.lines = draft.lines, []
        for line in lines:
            reason = refusals.get(line["key"])
            if reason:
                draft.refused.append({"line": line, "reason": reason})
            else:
                draft.lines.append(line)
    return found


def secret() -> str:
    return str(tk.config["SECRET_KEY"])


def _withdrawn(
    unit_ids: Sequence[str], lines: Iterable[open_list.Line]
) -> dict[str, str]:
    rows = model.Session.scalars(
        sa.select(Withdrawal.words).where(Withdrawal.unit_id.in_(unit_ids))
    )
    known = {word for words in rows for word in words}
    if not known:
        return {}
    return {
        line["key"]: "withdrawn"
        for line in lines
        if open_list.mark(line, secret()) in known
    }


def verdicts(lines: Iterable[open_list.Line], *, check: bool) -> dict[str, str]:
    """Key of a line → why its words cannot be published; only those that cannot.

    What was read under the rules of this code is not read again.
    """
    asked = {
        open_list.mark(line, secret()): line for line in lines if open_list.words(line)
    }
    if not asked:
        return {}
    known: dict[str, str] = {
        row.digest: row.verdict
        for row in model.Session.execute(
            sa.select(OpenListWords.digest, OpenListWords.verdict).where(
                OpenListWords.ruleset == RULESET, OpenListWords.digest.in_(list(asked))
            )
        )
    }
    if check:
        new = [digest for digest in asked if digest not in known]
        for start in range(0, len(new), _TOGETHER):
            part = {d: asked[d] for d in new[start : start + _TOGETHER]}
            known.update(_read(part))
    return {
        line["key"]: reason
        for digest, line in asked.items()
        if digest in known
        and (reason := _VERDICTS.get(known[digest], "unchecked")) is not None
    }


def _read(part: dict[str, open_list.Line]) -> dict[str, str]:
    """Verdicts by digest; the part is halved until it is known who is meant."""
    texts = {
        f"{number}.{name}": text
        for number, line in enumerate(part.values(), 1)
        for name, text in open_list.words(line).items()
    }
    verdict = tk.get_action("edudata_words_check")(
        {"ignore_auth": True}, {"texts": texts}
    )["verdict"]
    if verdict != "clear" and len(part) > 1:
        items = list(part.items())
        half = len(items) // 2
        return {**_read(dict(items[:half])), **_read(dict(items[half:]))}
    if verdict in _VERDICTS:
        # A check that failed is not remembered.
        rows = [
            {"digest": digest, "ruleset": RULESET, "verdict": verdict}
            for digest in part
        ]
        model.Session.execute(
            insert(OpenListWords).values(rows).on_conflict_do_nothing()
        )
    return dict.fromkeys(part, verdict)
