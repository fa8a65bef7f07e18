"""From a department's catalog to that of Shanghai (Art. 16)."""

from __future__ import annotations

import threading

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.catalog.model_catalogs import Catalog
from ckanext.edudata.feedback.model import Notice
from tests.catalog import catalogs
from tests.conftest import give, make_unit


@pytest.fixture
def office(portal):
    """The portal with people of a district, and two departments' approved data."""
    staffed = catalogs.staffed(portal)
    catalogs.approved(staffed, staffed.office, "义务教育学校名单")
    catalogs.approved(staffed, staffed.school, "班级数统计")
    return staffed


def rows(portal, user, number):
    found = portal.act("edudata_catalog_row_list", user, id=number)
    assert found["count"] == len(found["results"])
    return [row["title"] for row in found["results"]]


@pytest.mark.article(16)
def test_a_catalog_goes_from_the_department_to_shanghai(office):
    made = office.act(
        "edudata_catalog_prepare", office.compiler, unit_id=office.office["id"]
    )
    assert made["state"] == "draft"
    assert made["number"].startswith("JJK-D")
    assert rows(office, office.compiler, made["number"]) == ["义务教育学校名单"]
    sent = office.act("edudata_catalog_submit", office.reviewer, id=made["id"])
    assert sent["state"] == "submitted"
    level = office.act(
        "edudata_catalog_consolidate", office.clerk, unit_id=office.bureau["id"]
    )
    assert level["summary"]["missing"] == [office.school["id"]]
    assert [unit["title"] for unit in level["missing"]] == [office.school["title"]]
    catalogs.submitted(office, office.school)
    level = office.act(
        "edudata_catalog_consolidate", office.clerk, unit_id=office.bureau["id"]
    )
    assert level["line_count"] == 2
    assert level["summary"]["missing"] == []
    assert len(level["parts"]) == 2
    asked = office.act("edudata_catalog_ask_consent", office.clerk, id=level["id"])
    assert asked["state"] == "consent_asked"
    agreed = office.act(
        "edudata_catalog_consent", office.leader, id=level["id"], words="同意。"
    )
    assert agreed["state"] == "consented"
    assert agreed["consent_day"]
    consent = [step for step in agreed["history"] if step["command"] == "consent"]
    assert consent[0]["actor_name"] == "示例leader"
    out = office.act("edudata_catalog_publish", office.technician, id=level["id"])
    assert out["state"] == "published"
    assert {part["state"] for part in out["parts"]} == {"published"}

    city = office.act(
        "edudata_catalog_merge", office.coordinator, unit_id=office.commission["id"]
    )
    assert "-S" in city["number"]
    assert city["line_count"] == 2
    assert office.other["id"] in city["summary"]["missing"]
    office.act("edudata_catalog_ask_consent", office.coordinator, id=city["id"])
    office.act("edudata_catalog_consent", office.chief, id=city["id"])
    office.act("edudata_catalog_publish", office.engineer, id=city["id"])
    assert rows(office, office.outsider, city["number"]) == [
        "义务教育学校名单",
        "班级数统计",
    ]
    written = set(model.Session.scalars(sa.select(AuditRecord.action)))
    assert written >= {
        f"catalog_{name}"
        for name in [
            "prepare",
            "submit",
            "take",
            "consolidate",
            "ask_consent",
            "consent",
            "publish",
            "publish_with",
            "merge",
        ]
    }


@pytest.mark.article(16)
def test_lines_are_the_last_approved_versions_and_no_draft(office):
    entry_id = catalogs.approved(office, office.office, "第一版标题")
    catalogs.version(entry_id, "submitted", title="未审核的标题")
    draft = office.entry(office.compiler, title="草稿", owner_org=office.office["id"])
    made = office.act(
        "edudata_catalog_prepare", office.compiler, unit_id=office.office["id"]
    )
    titles = rows(office, office.compiler, made["id"])
    assert "第一版标题" in titles
    assert draft["title"] not in titles
    assert "未审核的标题" not in titles
    assert made["summary"]["not_approved"] == 1
    found = office.act("edudata_catalog_row_list", office.compiler, id=made["id"])
    line = next(x for x in found["results"] if x["entry_id"] == entry_id)
    assert line["version"] == 1
    catalogs.version(entry_id, "approved", title="第三版标题")
    # What was prepared stays as it was looked at, until it is prepared again.
    assert "第三版标题" not in rows(office, office.compiler, made["id"])
    again = office.act(
        "edudata_catalog_prepare", office.compiler, unit_id=office.office["id"]
    )
    assert again["number"] == made["number"]
    assert again["digest"] != made["digest"]
    assert "第三版标题" in rows(office, office.compiler, made["id"])


def test_who_prepared_does_not_submit_and_who_consolidated_does_not_consent(office):
    for role, person in (("reviewer", office.compiler), ("leader", office.clerk)):
        give(person, role, office.bureau)
    made = office.act(
        "edudata_catalog_prepare", office.compiler, unit_id=office.office["id"]
    )
    with pytest.raises(tk.ValidationError) as refused:
        office.act("edudata_catalog_submit", office.compiler, id=made["id"])
    assert "state" in refused.value.error_dict
    office.act("edudata_catalog_submit", office.reviewer, id=made["id"])
    level = office.act(
        "edudata_catalog_consolidate", office.clerk, unit_id=office.bureau["id"]
    )
    office.act("edudata_catalog_ask_consent", office.clerk, id=level["id"])
    for command in ("consent", "refuse"):
        with pytest.raises(tk.ValidationError):
            office.act(
                f"edudata_catalog_{command}",
                office.clerk,
                id=level["id"],
                reason="不行",
            )
    shown = office.act("edudata_catalog_show", office.clerk, id=level["id"])
    assert "consent" not in shown["commands"]
    assert office.act("edudata_catalog_consent", office.leader, id=level["id"])


def test_returned_with_words_and_made_anew(office):
    sent = catalogs.submitted(office, office.office)
    with pytest.raises(tk.ValidationError) as refused:
        office.act("edudata_catalog_return", office.clerk, id=sent["id"], reason=" ")
    assert "reason" in refused.value.error_dict
    back = office.act(
        "edudata_catalog_return", office.clerk, id=sent["id"], reason="请补充共享依据"
    )
    assert back["state"] == "returned"
    assert back["history"][-1]["words"] == "请补充共享依据"
    kinds = set(model.Session.scalars(sa.select(Notice.kind)))
    assert kinds >= {"catalog_submitted", "catalog_returned"}
    assert catalogs.submitted(office, office.office)["id"] == sent["id"]


def test_a_unit_taken_out_while_consolidated_makes_the_level_anew(office):
    one = catalogs.submitted(office, office.office)
    catalogs.submitted(office, office.school)
    level = office.act(
        "edudata_catalog_consolidate", office.clerk, unit_id=office.bureau["id"]
    )
    office.act("edudata_catalog_return", office.clerk, id=one["id"], reason="重复")
    shown = office.act("edudata_catalog_show", office.clerk, id=level["id"])
    assert shown["line_count"] == 1
    assert shown["summary"]["missing"] == [office.office["id"]]
    catalogs.submitted(office, office.office)
    again = office.act(
        "edudata_catalog_consolidate", office.clerk, unit_id=office.bureau["id"]
    )
    assert again["line_count"] == 2
    office.act("edudata_catalog_ask_consent", office.clerk, id=level["id"])
    with pytest.raises(tk.ValidationError):
        office.act("edudata_catalog_return", office.clerk, id=one["id"], reason="再看")


def test_not_consented_gives_the_parts_back(office):
    part = catalogs.submitted(office, office.office)
    level = office.act(
        "edudata_catalog_consolidate", office.clerk, unit_id=office.bureau["id"]
    )
    office.act("edudata_catalog_ask_consent", office.clerk, id=level["id"])
    with pytest.raises(tk.ValidationError):
        office.act("edudata_catalog_refuse", office.leader, id=level["id"])
    office.act(
        "edudata_catalog_refuse", office.leader, id=level["id"], reason="名称不规范"
    )
    shown = office.act("edudata_catalog_show", office.clerk, id=part["id"])
    assert shown["state"] == "submitted"
    after = office.act(
        "edudata_catalog_consolidate", office.clerk, unit_id=office.bureau["id"]
    )
    assert after["number"] != level["number"]
    assert after["sequence"] == level["sequence"] + 1


@pytest.mark.article(16)
def test_the_next_version_keeps_what_nobody_changed_and_counts_changes(office):
    first = catalogs.published(office, office.office, office.school)
    entry_id = catalogs.approved(office, office.office, "新增资源")
    old = model.Session.scalar(sa.select(Catalog).where(Catalog.id == first["id"]))
    assert old is not None
    second = catalogs.published(office, office.office)
    assert second["against"] == first["number"]
    assert second["line_count"] == 3
    assert second["summary"]["new_parts"] == 1
    assert {k: second["summary"][k] for k in ("added", "removed", "changed")} == {
        "added": 1,
        "removed": 0,
        "changed": 0,
    }
    diff = office.act("edudata_catalog_diff", office.clerk, id=second["number"])
    assert [(r["kind"], r["entry_id"]) for r in diff["results"]] == [
        ("added", entry_id)
    ]
    catalogs.version(entry_id, "approved", title="改名资源")
    third = catalogs.published(office, office.office)
    diff = office.act("edudata_catalog_diff", office.clerk, id=third["id"])
    (changed,) = diff["results"]
    assert changed["kind"] == "changed"
    assert changed["fields"] == [
        {"field": "title", "old": "新增资源", "new": "改名资源"}
    ]
    wide = office.act(
        "edudata_catalog_diff", office.clerk, id=third["id"], against=first["id"]
    )
    assert (wide["added"], wide["changed"]) == (1, 0)


@pytest.mark.article(16)
def test_what_is_published_cannot_be_changed_by_anybody(office):
    level = catalogs.published(office, office.office)
    part = level["parts"][0]["id"]
    for statement in (
        "UPDATE edudata_catalog SET number = 'x' WHERE id = :id",
        "UPDATE edudata_catalog SET state = 'draft' WHERE id = :part",
        "DELETE FROM edudata_catalog WHERE id = :id",
        "UPDATE edudata_catalog_row SET title = 'x' WHERE catalog_id = :id",
        'UPDATE edudata_catalog_row SET content = \'{"title": "x"}\''
        " WHERE catalog_id = :part",
        "DELETE FROM edudata_catalog_row WHERE catalog_id = :id",
        "INSERT INTO edudata_catalog_row (catalog_id, position, entry_id, version,"
        " entry_digest, unit_id, title, likeness, scope_key, text_sha256, content,"
        " digest) VALUES (:id, 99, 'e', 1, '', '', 't', 't', '', '', '{}', '')",
        "DELETE FROM edudata_catalog_part WHERE catalog_id = :id",
        "UPDATE edudata_catalog_step SET actor_name = 'x' WHERE catalog_id = :id",
        "TRUNCATE edudata_catalog_row",
    ):
        with pytest.raises(sa.exc.DBAPIError, match="stays as it was"):
            model.Session.execute(sa.text(statement), {"id": level["id"], "part": part})
        model.Session.rollback()
    for command in ("publish", "consent", "ask_consent"):
        user = {"publish": office.technician, "consent": office.leader}.get(
            command, office.clerk
        )
        with pytest.raises(tk.ValidationError):
            office.act(f"edudata_catalog_{command}", user, id=level["id"])


def test_classified_words_leave_even_published_catalogs(office):
    level = catalogs.published(office, office.office)
    (line,) = office.act("edudata_catalog_row_list", office.clerk, id=level["id"])[
        "results"
    ]
    done = tk.get_action("edudata_catalog_forget")(
        {"ignore_auth": True}, {"id": line["entry_id"]}
    )
    model.Session.commit()
    assert done == 2
    assert rows(office, office.clerk, level["id"]) == []
    text = model.Session.scalar(
        sa.text("SELECT string_agg(r::text, ' ') FROM edudata_catalog_row r")
    )
    assert "义务教育学校名单" not in (text or "")


@pytest.mark.parametrize("command", ["consolidate", "publish", "consent"])
def test_one_of_many_at_once_wins(office, command):
    catalogs.submitted(office, office.office)
    unit_id, user = office.bureau["id"], office.clerk
    data = {"unit_id": unit_id}
    if command != "consolidate":
        level = office.act("edudata_catalog_consolidate", user, **data)
        office.act("edudata_catalog_ask_consent", office.clerk, id=level["id"])
        data, user = {"id": level["id"]}, office.leader
    if command == "publish":
        office.act("edudata_catalog_consent", office.leader, **data)
        user = office.technician
    outcomes = []
    start = threading.Barrier(4)

    def act():
        start.wait()
        try:
            office.act(f"edudata_catalog_{command}", user, **data)
            outcomes.append("done")
        except tk.ValidationError:
            outcomes.append("refused")
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if command == "consolidate":
        # Each makes it anew; there is one catalog all the same.
        assert outcomes == ["done"] * 4
        made = sa.select(sa.func.count()).where(Catalog.scope == "level")
        assert model.Session.scalar(made) == 1
    else:
        assert sorted(outcomes) == ["done", "refused", "refused", "refused"]


def test_others_learn_nothing_of_a_catalog_in_the_making(office):
    sent = catalogs.submitted(office, office.office)
    for who in ("outsider", "stranger", "researcher", "teacher", None):
        user = getattr(office, who) if who else None
        for action in ("show", "row_list", "diff", "alike", "submit", "return"):
            for reference in (sent["id"], sent["number"], "no-such-catalog"):
                with pytest.raises((tk.ObjectNotFound, tk.NotAuthorized)) as answer:
                    office.act(
                        f"edudata_catalog_{action}", user, id=reference, reason="x"
                    )
                assert sent["number"] not in str(answer.value)
                assert answer.type is tk.ObjectNotFound
    listed = office.act("edudata_catalog_list", office.outsider)
    assert listed["count"] == 0


@pytest.mark.article(16)
def test_lines_are_seen_within_their_sharing_scope_only(office):
    catalogs.approved(
        office, office.office, "只给本区", sharing_class="unconditional",
        sharing_scope="district",
    )  # fmt: skip
    catalogs.approved(
        office, office.office, "不共享", sharing_class="not_shared",
        sharing_reason="依法", sharing_basis="某法",
    )  # fmt: skip
    open_id = catalogs.approved(office, office.office, "后来收紧")
    catalogs.approved(office, office.office, "未检测通过", cleared=False)
    level = catalogs.published(office, office.office)
    every = {"义务教育学校名单", "只给本区", "不共享", "后来收紧", "未检测通过"}
    inside = {"不共享", "未检测通过"}
    assert set(rows(office, office.clerk, level["number"])) == every
    assert set(rows(office, office.teacher, level["number"])) == every - inside
    assert set(rows(office, office.outsider, level["number"])) == {
        "义务教育学校名单",
        "后来收紧",
    }
    # A narrower scope of the working copy counts at once.
    package = model.Package.get(open_id)
    package.extras = {**package.extras, "sharing_class": "not_shared"}
    model.Session.commit()
    assert rows(office, office.outsider, level["number"]) == ["义务教育学校名单"]
    shown = office.act("edudata_catalog_show", office.outsider, id=level["number"])
    assert shown["count"] == 1
    # No place in the list, which would tell of lines between.
    found = office.act("edudata_catalog_row_list", office.outsider, id=level["id"])
    assert "position" not in found["results"][0]
    assert not {"line_count", "summary", "history", "parts", "digest"} & set(shown)
    diff = office.act("edudata_catalog_diff", office.outsider, id=level["number"])
    assert (diff["added"], len(diff["results"])) == (1, 1)
    for q in ("不共享", "只给本区", "未检测"):
        found = office.act(
            "edudata_catalog_row_list", office.outsider, id=level["number"], q=q
        )
        assert found == {"count": 0, "results": []}
    for user in (office.stranger, office.researcher, None):
        with pytest.raises(tk.ObjectNotFound):
            office.act("edudata_catalog_show", user, id=level["number"])


def test_progress_and_one_reminder_for_many_schools(office):
    for number in range(5):
        make_unit(f"xx{number}", f"示例第{number}小学", "school", office.bureau["id"])
    catalogs.submitted(office, office.office)
    found = office.act(
        "edudata_catalog_progress", office.clerk, unit_id=office.bureau["name"]
    )
    assert found["stands"]["submitted"] == 1
    assert found["stands"]["missing"] == 6
    assert found["behind"] == 6
    told = office.act(
        "edudata_catalog_remind", office.clerk, unit_id=office.bureau["id"]
    )
    # Five schools without people have the district's compiler, who is told once.
    assert told == {"units": 6, "people": 2}
    again = office.act(
        "edudata_catalog_remind", office.clerk, unit_id=office.bureau["id"]
    )
    assert again["people"] == 0
    with pytest.raises(tk.NotAuthorized):
        office.act(
            "edudata_catalog_remind", office.outsider, unit_id=office.bureau["id"]
        )


def test_duplicates_within_the_level(office):
    catalogs.approved(office, office.office, "教师 名册")
    catalogs.approved(office, office.bureau, "教师名册")
    catalogs.approved(office, office.school, "班级数统计（2）")
    other = make_unit("xhey", "徐汇区示例二小", "school", office.bureau["id"])
    catalogs.approved(office, other, "班级数统计")
    units = (office.office, office.bureau, office.school, other)
    for unit in units:
        catalogs.submitted(office, unit)
    level = office.act(
        "edudata_catalog_consolidate", office.clerk, unit_id=office.bureau["id"]
    )
    groups = office.act("edudata_catalog_alike", office.clerk, id=level["id"])
    assert [{line["title"] for line in group} for group in groups] == [
        {"教师 名册", "教师名册"}
    ]
    assert level["summary"]["duplicates"] == 1


def test_a_number_is_a_catalogs_own(office):
    first = catalogs.published(office, office.office)
    second = catalogs.published(office, office.office)
    numbers = [x["number"] for x in (first, second)]
    numbers += [p["number"] for x in (first, second) for p in x["parts"]]
    assert len(set(numbers)) == 4
    assert (first["sequence"], second["sequence"]) == (1, 2)
