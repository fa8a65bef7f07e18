"""Data demands of the public: asked, supported, answered (Art. 26)."""

from __future__ import annotations

import datetime
import threading

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.feedback.model_demands import Demand
from tests.conftest import give
from tests.visitors import Visitor, words

NEEDLE = "13812345678"
ASKED = {"title": "各小学班级数", "purpose": "研究学位供给，需要近五年的数据。"}


@pytest.fixture
def people(portal):
    portal.clerk = factories.User(name="clerk")
    give(portal.clerk, "coordinator", portal.bureau)
    return portal


def ask(portal, user=None, **data):
    data = {**ASKED, "unit": "xh", **data}
    return portal.act("edudata_demand_create", user or portal.stranger, **data)


def seeded(portal, user=None, **values):
    """A demand that is public already, as `edudata_demand_create` leaves it."""
    row = Demand(
        **{
            **ASKED,
            "likeness": ASKED["title"],
            "unit_id": portal.bureau["id"],
            "user_id": (user or portal.stranger)["id"],
            **values,
        }
    )
    model.Session.add(row)
    model.Session.commit()
    return portal.act("edudata_demand_show", None, id=row.id)


def tomorrow():
    return (datetime.date.today() + datetime.timedelta(days=30)).isoformat()


@pytest.mark.article(26)
def test_asked_supported_answered_with_class_and_date(people):
    made = ask(people)
    assert made["state"] == "open"
    told = model.Session.scalars(sa.select(Notice.user_id)).all()
    assert set(told) == {
        people.reviewer["id"],
        people.second_reviewer["id"],
        people.clerk["id"],
    }
    for user in (people.researcher, people.outsider):
        shown = people.act("edudata_demand_support", user, id=made["id"])
    assert shown["supports"] == 2
    with pytest.raises(tk.ValidationError):
        people.act("edudata_demand_support", people.researcher, id=made["id"])
    with pytest.raises(tk.NotAuthorized):
        people.act("edudata_demand_support", people.stranger, id=made["id"])
    done = people.act(
        "edudata_demand_answer",
        people.reviewer,
        id=made["id"],
        answer="planned",
        opening_class="unconditional",
        planned_date=tomorrow(),
    )
    assert (done["state"], done["opening_class"]) == ("answered", "unconditional")
    public = people.act("edudata_demand_show", None, id=str(made["number"]))
    assert public["planned_date"] == tomorrow()
    assert public["answered_unit"] == people.bureau["title"]
    notice = sa.select(Notice.kind).where(Notice.user_id == people.stranger["id"])
    assert model.Session.scalars(notice).all() == ["demand_answered"]
    actions = set(model.Session.scalars(sa.select(AuditRecord.action)))
    assert actions >= {"demand_create", "demand_support", "demand_answer"}


@pytest.mark.article(26)
def test_nobody_reads_who_asked_or_supports(app, people):
    made = seeded(people)
    people.act("edudata_demand_support", people.researcher, id=made["id"])
    for who in (people.stranger, people.researcher):
        for reader in (None, people.outsider, people.reviewer, people.coordinator):
            shown = people.act("edudata_demand_show", reader, id=made["id"])
            listed = people.act("edudata_demand_list", reader)
            for told in (shown, listed):
                assert who["id"] not in str(told)
                assert who["name"] not in str(told)
        for url in ("/demands", f"/demands/{made['number']}"):
            page = Visitor(app).text(url)
            assert who["name"] not in page
            assert who["fullname"] not in page


@pytest.mark.parametrize("field", ["title", "purpose"])
def test_words_with_personal_data_are_not_published(people, field):
    with pytest.raises(tk.ValidationError) as refused:
        ask(people, **{field: f"请联系我 {NEEDLE}"})
    assert list(refused.value.error_dict) == [field]
    assert NEEDLE not in str(refused.value.error_dict)
    assert people.act("edudata_demand_list", None)["count"] == 0


def test_an_answer_with_personal_data_is_not_published(people):
    made = seeded(people)
    with pytest.raises(tk.ValidationError):
        people.act(
            "edudata_demand_answer",
            people.reviewer,
            id=made["id"],
            answer="declined",
            words=f"请拨打 {NEEDLE}",
        )
    assert people.act("edudata_demand_show", None, id=made["id"])["state"] == "open"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "answer"),
        ({"answer": "nonsense"}, "answer"),
        ({"answer": "planned", "planned_date": "2999-01-01"}, "planned_date"),
        ({"answer": "planned", "opening_class": "not_open"}, "opening_class"),
        ({"answer": "planned", "opening_class": "conditional"}, "planned_date"),
        ({"answer": "existing", "dataset": "/dataset/none"}, "dataset"),
        ({"answer": "declined"}, "words"),
    ],
)
def test_an_answer_says_what_it_lacks(people, given, field):
    made = seeded(people)
    with pytest.raises(tk.ValidationError) as refused:
        people.act("edudata_demand_answer", people.reviewer, id=made["id"], **given)
    assert field in refused.value.error_dict


def test_an_answer_leads_to_open_data_only(people):
    entry = people.entry(title="不公开的条目")
    made = seeded(people)
    for hidden in (entry["id"], entry["name"], f"/entry/{entry['name']}"):
        with pytest.raises(tk.ValidationError) as refused:
            people.act(
                "edudata_demand_answer",
                people.reviewer,
                id=made["id"],
                answer="existing",
                dataset=hidden,
            )
        assert "dataset" in refused.value.error_dict
    people.upload(
        entry, "学校.csv", "学校,层次\n示例一中,高中\n示例二中,初中\n".encode()
    )
    name = people.released(entry)["dataset_name"]
    done = people.act(
        "edudata_demand_answer",
        people.reviewer,
        id=made["id"],
        answer="existing",
        dataset=f"https://portal.example/dataset/{name}?x=1",
    )
    assert done["dataset_name"] == name


@pytest.mark.parametrize(
    "who", ["compiler", "outsider", "researcher", "stranger", None]
)
def test_others_do_not_answer_hide_or_pass_on(people, who):
    made = seeded(people)
    user = getattr(people, who) if who else None
    for command in ("answer", "hide", "pass_on", "unhide"):
        with pytest.raises(tk.NotAuthorized):
            people.act(
                f"edudata_demand_{command}",
                user,
                id=made["id"],
                answer="declined",
                words="否",
                reason="否",
                unit="cn",
            )
    assert people.act("edudata_demand_show", None, id=made["id"])["state"] == "open"


def test_who_asked_does_not_answer(people):
    made = seeded(people, people.reviewer)
    with pytest.raises(tk.NotAuthorized):
        people.act(
            "edudata_demand_answer",
            people.reviewer,
            id=made["id"],
            answer="declined",
            words="否",
        )


def test_hidden_is_gone_for_the_public_and_can_come_back(app, people):
    made = seeded(people)
    page = f"/demands/{made['number']}"
    with pytest.raises(tk.ValidationError):
        people.act("edudata_demand_hide", people.clerk, id=made["id"], reason=" ")
    people.act("edudata_demand_hide", people.clerk, id=made["id"], reason="与数据无关")
    for user in (None, people.outsider, people.researcher):
        with pytest.raises(tk.ObjectNotFound):
            people.act("edudata_demand_show", user, id=made["id"])
        assert people.act("edudata_demand_list", user, q="班级数")["count"] == 0
    assert Visitor(app).get(page).status_code == 404
    assert "与数据无关" in Visitor(app, people.stranger).text(page)
    with pytest.raises(tk.ObjectNotFound):
        people.act("edudata_demand_support", people.researcher, id=made["id"])
    people.act("edudata_demand_unhide", people.clerk, id=made["id"])
    assert Visitor(app).get(page).status_code == 200


def test_passed_on_to_the_unit_that_holds_the_data(people):
    made = ask(people, unit="")
    assert made["unsure"]
    assert made["unit_id"] == people.commission["id"]
    for wrong in ("", "nowhere", "shjw"):
        with pytest.raises(tk.ValidationError):
            people.act(
                "edudata_demand_pass_on",
                people.coordinator,
                id=made["id"],
                unit=wrong,
                reason="归区里",
            )
    moved = people.act(
        "edudata_demand_pass_on",
        people.coordinator,
        id=made["id"],
        unit="xh",
        reason="归区里",
    )
    assert (moved["unit_id"], moved["unsure"]) == (people.bureau["id"], False)
    inbox = people.act("edudata_demand_list", people.reviewer, inbox=True)
    assert [row["id"] for row in inbox["results"]] == [made["id"]]


def test_few_a_day_and_the_same_only_once(people):
    made = ask(people)
    with pytest.raises(tk.ValidationError) as refused:
        ask(people, people.researcher, title="各 小学班级数！")
    assert str(made["number"]) in str(refused.value.error_dict["title"])
    for title in ("各小学教师数", "各小学图书册数"):
        seeded(people, title=title, likeness=title)
    with pytest.raises(tk.ValidationError) as refused:
        ask(people, title="各小学操场面积")
    assert "title" in refused.value.error_dict
    people.act("edudata_demand_withdraw", people.stranger, id=made["id"])
    with pytest.raises(tk.ValidationError):
        ask(people, title="各小学操场面积")
    # Withdrawn, it counts for the day, and may be asked for by others.
    assert people.act("edudata_demand_list", None)["count"] == 2


@pytest.mark.parametrize("command", ["answer", "support"])
def test_one_of_many_at_once_wins(people, command):
    made = seeded(people)
    user = people.reviewer if command == "answer" else people.researcher
    outcomes = []
    start = threading.Barrier(4)

    def act():
        start.wait()
        try:
            if command == "answer":
                people.act("edudata_demand_pass_on", user, id=made["id"], unit="cn",
                           reason="归长宁")  # fmt: skip
            else:
                people.act("edudata_demand_support", user, id=made["id"])
            outcomes.append("done")
        except (tk.ValidationError, tk.NotAuthorized):
            outcomes.append("refused")
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused", "refused", "refused"]
    row = model.Session.get(Demand, made["id"], populate_existing=True)
    assert row.supports == (1 if command == "support" else 0)


@pytest.mark.article(26)
def test_the_whole_way_by_clicking(app, people):
    public, asker, owner = (
        Visitor(app, user) for user in (None, people.stranger, people.reviewer)
    )
    assert "edw-form" not in public.text("/demands")
    assert public.get("/demands/new").status_code == 302
    form = asker.text("/demands/new?unit=xh&line=%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert (
        "<script>alert(1)" not in asker.get("/demands/new?line=<script>alert(1)").text
    )
    assert "徐汇区教育局" in form
    empty = asker.post("/demands/new", {"title": "只有标题", "unit": "xh"})
    assert empty.status_code == 422
    assert 'value="只有标题"' in words(empty)
    evil = "<img src=x onerror=alert(1)>"
    sent = asker.post(
        "/demands/new", {"title": evil, "purpose": evil, "unit": "xh", "line": "虚构"}
    )
    assert sent.status_code == 302, words(sent)[-3000:]
    row = model.Session.scalar(sa.select(Demand))
    assert (row.title, row.line_title) == (evil, None)
    page = f"/demands/{row.number}"
    for url in ("/demands", page, "/desk"):
        assert evil not in owner.get(url).text
    assert page in owner.text("/desk")
    assert public.post(f"{page}/support", page=page).status_code in (302, 400)
    assert row.supports == 0
    bad = owner.post(f"{page}/answer", {"answer": "declined", "words": ""}, page=page)
    assert bad.status_code == 422
    good = {"answer": "declined", "words": "涉及个人隐私，依法不予开放。"}
    assert owner.post(f"{page}/answer", good, page=page).status_code == 302
    assert good["words"] in public.text(page)
    assert public.get("/demands/99999").status_code == 404
    assert public.get("/demands?state=hidden&sort=x&q=%25%27").status_code == 200


def test_a_forged_demand_is_refused(app, people):
    asker = Visitor(app, people.stranger)
    asker.get("/demands/new")
    assert asker.client.post("/demands/new", data=ASKED).status_code == 400
    assert people.act("edudata_demand_list", None)["count"] == 0
