"""A body applies: its profile, its people and a stamped page, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.delivery import conditional
from tests.requests import files, profiles

pytestmark = pytest.mark.article(28)
LOOK = os.environ.get("EDUDATA_LOOK")
"""Folder for screenshots, to be looked at by a person."""


@pytest.fixture
def data(portal: Any) -> Any:
    return conditional.released(portal)


def look(page: Any, name: str) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} wide at {width}"
        if LOOK:
            place = str(Path(LOOK) / f"{name}-{width}.png")
            page.screenshot(path=place, full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_body_and_its_people(visit: Any, portal: Any, data: Any, tmp_path: Any):
    me = visit(portal.researcher).page
    me.goto("/applicant")
    assert me.locator("#field-affiliation").is_visible()
    assert not me.locator("#field-code").is_visible()
    look(me, "natural")
    me.locator("#kind-legal").check()
    assert me.locator("#field-code").is_visible()
    assert not me.locator("#field-affiliation").is_visible()
    for name, value in profiles.BODY.items():
        if name != "kind":
            me.locator(f"#field-{name}").fill(value)
    me.locator("#field-code").fill("91310104MA1FR8J930")
    me.locator(".edw-applicant button[type=submit]").click()
    assert me.locator("#error-code").is_visible()
    assert me.locator("#field-name").input_value() == profiles.BODY["name"]
    look(me, "wrong")
    me.locator("#field-code").fill(profiles.BODY["code"])
    me.locator(".edw-applicant button[type=submit]").click()
    assert me.locator(".alert-success").is_visible()

    draft = portal.act(
        "edudata_request_create",
        portal.researcher,
        resource_id=data.resource_id,
        **conditional.form(),
    )
    me.goto(f"/applications/{draft['application_id']}/attachments")
    wrong, right = tmp_path / "脚本.pdf", tmp_path / "盖章页.pdf"
    wrong.write_bytes(files.pdf(catalog=b"/OpenAction << /S /JavaScript /JS (x) >>"))
    right.write_bytes(files.pdf())
    for path, kind in ((wrong, "attachment"), (right, "agreement_page")):
        me.locator("#field-upload").set_input_files(str(path))
        me.locator(f"#kind-of-{kind}").check()
        me.locator("#attachments form[enctype] button").click()
        look(me, f"attachments-{kind}")
    assert me.get_by_text("盖章页.pdf").is_visible()
    assert not me.get_by_text("脚本.pdf").count()

    me.goto(f"/applications/{draft['application_id']}/persons")
    me.locator("#field-name").fill("李成员")
    me.locator("#field-given").fill(portal.stranger["name"])
    me.locator("form.edw-form button[type=submit]").click()
    assert me.locator("li[data-state=invited]").count() == 1
    look(me, "persons")

    member = visit(portal.stranger).page
    member.goto("/applications/named")
    member.locator("button[value=confirm]").click()
    assert member.locator(".error-block").count() == 2
    look(member, "named")
    member.locator("input[name=agreed]").check()
    member.locator("input[name=agreed_name]").fill("李成员")
    member.locator("button[value=confirm]").click()
    assert member.locator("section[data-state=confirmed]").count() == 1
    look(member, "confirmed")

    for command, person in (("submit", portal.researcher), ("accept", portal.reviewer)):
        portal.act(f"edudata_request_{command}", person, id=draft["id"])
    reviewer = visit(portal.reviewer).page
    reviewer.goto(f"/requests/{draft['id']}")
    look(reviewer, "review")
    reviewer.goto(f"/requests/{draft['id']}/applicant")
    assert reviewer.get_by_text(profiles.TELEPHONE).count() == 0
    assert reviewer.get_by_text(profiles.BODY["telephone"]).is_visible()
    look(reviewer, "applicant")
    with reviewer.expect_download() as started:
        reviewer.goto(f"/requests/{draft['id']}")
        reviewer.get_by_role("link", name="盖章页.pdf").first.click()
    assert started.value.suggested_filename == "盖章页.pdf"
    assert Path(started.value.path()).read_bytes() == right.read_bytes()
    me.goto("/applicant")
    assert me.locator("#looked tbody tr").count() >= 2
    look(me, "looked")
