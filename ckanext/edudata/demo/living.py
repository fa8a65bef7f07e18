"""Entries of the demonstration, on their way: compiled, checked, reviewed, released."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import click
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.demo import stories
from ckanext.edudata.demo.acting import act, done, note, tell, unit_id, upload
from ckanext.edudata.demo.checking import Checks, verdict
from ckanext.edudata.demo.stories import Story


def live(checks: Checks) -> None:
    """Take every story as far as it goes."""
    open_ones = [s for s in stories.STORIES if not done(s.key)]
    if not open_ones:
        return
    entries = {story.key: compiled(story) for story in open_ones}
    tell("等待个人信息检测……", "waiting for the personal-data check …")
    checks.wait((entries[s.key]["id"], s.compiler) for s in open_ones)
    changed = [s for s in open_ones if s.later and desensitized(s, entries[s.key])]
    if changed:
        checks.wait((entries[s.key]["id"], s.compiler) for s in changed)
    for story in open_ones:
        _further(story, entries[story.key])
        note(story.key)


def find(title: str, unit: str) -> dict[str, Any] | None:
    """The entry of that title in the unit, with its resources."""
    package_id = model.Session.scalar(
        sa.select(model.Package.id)
        .where(
            model.Package.type == "entry",
            model.Package.state == "active",
            model.Package.title == title,
            model.Package.owner_org == unit_id(unit),
        )
        .limit(1)
    )
    return {"id": package_id} if package_id else None


def compiled(story: Story) -> dict[str, Any]:
    """The story's entry with its file; what is missing of it is made."""
    entry = find(story.values["title"], story.unit)
    if entry is None:
        owner = unit_id(story.unit)
        values = {**stories.COMMON, **story.values, "owner_org": owner}
        entry = act("package_create", story.compiler, **values)
    entry = act("package_show", story.compiler, id=entry["id"])
    if not entry["resources"]:
        data = (files("ckanext.edudata.demo") / "data" / story.file).read_bytes()
        act(
            "resource_create",
            story.compiler,
            package_id=entry["id"],
            upload=upload(data, story.file_name),
            information_items=[
                {"name": name, "label": name, "type": kind, "description": text}
                for name, kind, text in story.items
            ],
        )
        tell(
            f"编目：{story.values['title']}（{story.compiler}）",
            f"compiled by {story.compiler}",
        )
    return act("package_show", story.compiler, id=entry["id"])


def desensitized(story: Story, entry: dict[str, Any]) -> bool:
    """Make desensitized data of a blocked file, and class the entry anew."""
    entry = act("package_show", story.compiler, id=entry["id"])
    made = [r for r in entry["resources"] if r.get("desensitized_from")]
    if not made:
        source = entry["resources"][0]
        check = act("edudata_check_show", story.compiler, resource_id=source["id"])
        zh, en = verdict(check)
        tell(f"检测：{source['name']}：{zh}", en)
        act("edudata_desensitize", story.compiler, resource_id=source["id"])
        tell(f"制作脱敏数据（{story.compiler}）", "desensitized data made")
    if entry["opening_class"] != story.later["opening_class"]:
        act("package_patch", story.compiler, id=entry["id"], **story.later)
    return True


def _further(story: Story, entry: dict[str, Any]) -> None:
    """From the state the entry is in to the story's goal."""
    title = story.values["title"]
    if story.goal == stories.DRAFT:
        tell(f"草稿：{title}", "left as a draft")
        return
    state = act("edudata_entry_show", story.compiler, id=entry["id"])["state"]
    if state == "draft":
        act("edudata_entry_submit", story.compiler, id=entry["id"])
        state = "submitted"
    if story.goal == stories.SUBMITTED:
        tell(f"待审核：{title}", f"waiting for {story.reviewer}")
        return
    if state == "submitted":
        act("edudata_entry_approve", story.reviewer, id=entry["id"])
        state = "approved"
    if state == "approved":
        released = act(
            "edudata_release", story.reviewer, id=entry["id"], name=story.dataset
        )
        kind = {
            "unconditional": ("无条件开放", "opened unconditionally"),
            "conditional": ("有条件开放", "opened conditionally"),
        }[released["opening_class"]]
        tell(f"{kind[0]}：{title}", f"{kind[1]}: /dataset/{released['dataset_name']}")
    elif state != "released":
        raise click.ClickException(f"{title}: {state}")
