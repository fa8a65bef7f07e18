"""What stands in the open list of a unit, line by line (Art. 27). Pure.

Field by field, named: of a released entry what its release says, of another only
title, class or reason, and only where the owner marked it as publishable. What is not
here stays inside, also fields added later.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from ckanext.edudata.opening import classes

OPEN, CONDITIONAL = classes.UNCONDITIONAL, classes.CONDITIONAL
PLANNED, CLOSED, STOPPED = "planned", "closed", "stopped"
KINDS = (OPEN, CONDITIONAL, PLANNED, CLOSED, STOPPED)

#: Fields of a line beside its title and kind, in the order in which they are shown.
FIELDS = (
    "resource_code",
    "opening_class",
    "opening_ground",
    "opening_condition",
    "ways",
    "update_cycle",
    "reason",
    "planned_date",
    "stopped_on",
    "subject_database",
    "school_stage",
    "district",
)
_RELEASED = (
    "resource_code",
    "opening_class",
    "update_cycle",
    "subject_database",
    "school_stage",
    "district",
)
_YES = frozenset({"true", "1", "yes", "on"})
_NAMESPACE = uuid.UUID("6d1f4c53-9a07-4b6e-8f0c-2f6c2c1b27a4")

Line = dict[str, Any]


def make(entries: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Lines of a unit's open list, in their order.

    :param entries: `{entry_id, approved, marked, release}` of each entry: `approved`
        the content last approved, `marked` whether the working copy is still marked
        publishable, `release` `{state, dataset_id, dataset, stopped_on}` of the last
        release; both may be None
    :returns: `[{key, entry_id, dataset_id, kind, title, fields}]`; `key` is the same
        from version to version and says nothing of the entry
    """
    found = [line for entry in entries if (line := _line(entry))]
    return sorted(found, key=lambda x: (KINDS.index(x["kind"]), x["title"], x["key"]))


def _line(entry: Mapping[str, Any]) -> Line | None:
    release = entry.get("release")
    if release and release["state"] == "live":
        return _released(entry, release)
    if publishable(entry):
        return _unreleased(entry)
    if release:
        return _stopped(entry, release)
    return None


def publishable(entry: Mapping[str, Any]) -> bool:
    """Whether the owner marked it, in what was approved and since."""
    approved = entry.get("approved") or {}
    said = str(approved.get("open_list_publishable") or "").lower()
    marked = entry.get("marked") and said in _YES
    if not marked or not (approved.get("title") or "").strip():
        return False
    if approved.get("opening_class") == classes.NOT_OPEN:
        return True
    return approved.get("opening_class") in classes.GROUNDS and bool(
        approved.get("opening_plan_date")
    )


def only_planned(entry: Mapping[str, Any]) -> bool:
    """Whether a day of opening is set but the entry is not marked: it stays inside."""
    approved = entry.get("approved") or {}
    return (
        not entry.get("release")
        and not publishable(entry)
        and bool(approved.get("opening_plan_date"))
        and approved.get("opening_class") in (OPEN, CONDITIONAL)
    )


def _released(entry: Mapping[str, Any], release: Mapping[str, Any]) -> Line | None:
    dataset = release["dataset"]
    kind = dataset.get("opening_class")
    if kind not in (OPEN, CONDITIONAL):
        return None
    fields = {key: dataset.get(key) for key in _RELEASED}
    if kind == CONDITIONAL:
        fields["opening_ground"] = dataset.get("opening_ground")
        fields["opening_condition"] = dataset.get("opening_condition")
    fields["ways"] = ways(kind, dataset.get("opening_way"))
    return _as_line(entry, kind, dataset.get("title"), fields, release["dataset_id"])


def _unreleased(entry: Mapping[str, Any]) -> Line | None:
    approved = entry["approved"]
    opening_class = approved["opening_class"]
    fields = {"opening_class": opening_class}
    if opening_class == classes.NOT_OPEN:
        fields["opening_ground"] = approved.get("opening_ground")
        fields["reason"] = approved.get("open_list_reason")
        return _as_line(entry, CLOSED, approved["title"], fields)
    fields["planned_date"] = str(approved["opening_plan_date"])[:10]
    return _as_line(entry, PLANNED, approved["title"], fields)


def _stopped(entry: Mapping[str, Any], release: Mapping[str, Any]) -> Line | None:
    dataset = release["dataset"]
    fields = {key: dataset.get(key) for key in _RELEASED if key != "update_cycle"}
    fields["stopped_on"] = release.get("stopped_on")
    return _as_line(entry, STOPPED, dataset.get("title"), fields, release["dataset_id"])


def _as_line(
    entry: Mapping[str, Any],
    kind: str,
    title: object,
    fields: Mapping[str, Any],
    dataset_id: str | None = None,
) -> Line | None:
    words = " ".join(str(title or "").split())
    if not words:
        return None
    return {
        "key": key(entry["entry_id"]),
        "entry_id": entry["entry_id"],
        "dataset_id": dataset_id,
        "kind": kind,
        "title": words,
        "fields": {name: fields[name] for name in FIELDS if fields.get(name)},
    }


def key(entry_id: str) -> str:
    """Public name of an entry's line; nobody comes back from it to the entry."""
    return str(uuid.uuid5(_NAMESPACE, entry_id))


def ways(kind: str, chosen: object) -> list[str]:
    """How one gets the data: `application`, `download`, `interface`.

    :param chosen: the way of opening that the release names, if it does
    """
    known = ("download", "interface")
    words = str(chosen or "")
    found = [way for way in known if way in words]
    if kind == CONDITIONAL:
        return ["application", *found]
    return found or list(known)


def words(line: Mapping[str, Any]) -> dict[str, str]:
    """The words of a line that nobody has read for personal data yet.

    Those of a release were cleared with it.
    """
    if line["kind"] not in (PLANNED, CLOSED):
        return {}
    found = {"title": line["title"], "reason": line["fields"].get("reason") or ""}
    return {name: text for name, text in found.items() if text}


def mark(line: Mapping[str, Any], secret: str) -> str:
    """Keyed hash of a line's words: known again, but not to be guessed."""
    said = [
        line["key"],
        line["title"],
        line["fields"].get("reason"),
        line["fields"].get("opening_condition"),
    ]
    return hmac.new(secret.encode(), _canonical(said), hashlib.sha256).hexdigest()


def line_digest(line: Mapping[str, Any], nonce: str) -> str:
    """SHA-256 of a published line, hexadecimal, over its canonical JSON.

    Without the nonce, which goes with the words, nobody proves a guess by it.
    """
    public = {name: line[name] for name in ("key", "kind", "title", "fields")}
    return _sha256({**public, "nonce": nonce})


def version_digest(unit_id: str, number: int, digests: Iterable[str]) -> str:
    """SHA-256 of a version: of its unit, number and the digests of its lines."""
    return _sha256([unit_id, number, *digests])


def draft_digest(lines: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 of what would be published, to see whether it changed meanwhile."""
    names = ("key", "kind", "title", "fields", "dataset_id")
    return _sha256([{name: line[name] for name in names} for line in lines])


def _canonical(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _sha256(value: object) -> str:
    return hashlib.sha256(_canonical(value)).hexdigest()
