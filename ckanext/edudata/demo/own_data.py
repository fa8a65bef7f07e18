"""Tables of the user's own: each becomes an entry and is checked, none is released."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.demo import stories
from ckanext.edudata.demo.acting import act, done, note, reasons, tell, upload
from ckanext.edudata.demo.checking import Checks, verdict
from ckanext.edudata.demo.living import find

UNIT, PERSON = "xuhui", "district-compiler"
TABLES = frozenset(
    {".csv", ".tsv", ".tab", ".txt", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods"}
)


def load(folder: Path, checks: Checks) -> None:
    """Make an entry of each table in *folder*; what cannot be read is named.

    A file that was loaded before is not loaded again; one that changed since then
    becomes the new content of its entry.
    """
    paths = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    tell(
        f"载入 {folder} 中的表格。载入即声明其中不含国家秘密。",
        "loading your tables; by loading them you declare that they hold no state "
        "secret",
    )
    stems = Counter(path.stem for path in paths)
    loaded: list[tuple[str, str]] = []
    for path in paths:
        if not path.is_file():
            continue
        if path.suffix.lower() not in TABLES:
            tell(f"{path.name}：不是表格，已跳过", "no table, skipped")
            continue
        title = path.stem if stems[path.stem] == 1 else path.name
        try:
            loaded.append((path.name, _entry(path, title)))
        except (OSError, tk.ValidationError, tk.NotAuthorized) as error:
            tell(f"{path.name}：未载入：{reasons(error)}", "not loaded")
    checks.wait((entry_id, PERSON) for _, entry_id in loaded)
    for name, entry_id in loaded:
        _report(name, entry_id)


def _entry(path: Path, title: str) -> str:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    key = f"data:{path.name}"
    known = done(key)
    if known and known["sha256"] == digest and _there(known["entry"]):
        return known["entry"]
    entry = find(title, UNIT)
    if entry is None:
        values: dict[str, Any] = {
            **stories.COMMON,
            "title": title,
            "notes": f"由文件 {path.name} 载入，尚未编目。",
            "owner_org": UNIT,
            "subject_database": "business",
            "update_cycle": "irregular",
        }
        entry = act("package_create", PERSON, **values)
    shown = act("package_show", PERSON, id=entry["id"])
    if shown["resources"]:
        act(
            "resource_patch",
            PERSON,
            id=shown["resources"][0]["id"],
            upload=upload(content, path.name),
        )
    else:
        act(
            "resource_create",
            PERSON,
            package_id=entry["id"],
            upload=upload(content, path.name),
        )
    note(key, {"sha256": digest, "entry": entry["id"]})
    return entry["id"]


def _there(entry_id: str) -> bool:
    try:
        return act("package_show", PERSON, id=entry_id)["state"] == "active"
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return False


def _report(name: str, entry_id: str) -> None:
    """A line with the verdict on each file."""
    for brief in act("edudata_check_list", PERSON, id=entry_id):
        if brief["subject"] != "file":
            continue
        check = act("edudata_check_show", PERSON, resource_id=brief["resource_id"])
        zh, en = verdict(check)
        tell(f"{name}：{zh}", en)
