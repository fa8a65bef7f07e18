"""Reviews: the security review, versions and their differences, one winner."""

from __future__ import annotations

import threading

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import sampled_from

from ckanext.edudata.catalog import comparing, states
from ckanext.edudata.catalog.model_review import RowComparison
from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.opening import release as door
from tests.conftest import give
from tests.visitors import Visitor, words

LIST = "序号,学校名称,学校标识码\n1,甲大学,4131010001\n2,乙大学,4131010002\n"
LATER = (
    "序号,学校名称,学校标识码,办学层次\n"
    "1,丙大学,4131010003,本科\n2,甲大学,4131010001,本科\n3,乙学院,4131010002,专科\n"
)
WORDS = "已核对范围、字段与申请条件，可以有条件开放。"


class Life(RuleBasedStateMachine):
    """Whatever is commanded by whomever, nothing is released that was not approved by
    one who did not compile it, and where needed passed by a third person."""

    PEOPLE = ("compiler", "reviewer", "officer")

    def __init__(self):
        super().__init__()
        self.decided, self.same = None, False
        self.sensitive = False
        self.compilers = {"compiler"}
        self.reviewer = self.passed_by = None

    @property
    def state(self):
        return states.state_of(
            self.decided,
            self.same,
            sensitive=self.sensitive,
            passed=self.passed_by is not None,
        )

    @rule(actor=sampled_from(PEOPLE))
    def write(self, actor):
        self.same = False
        self.compilers.add(actor)

    @rule(sensitive=sampled_from([True, False]))
    def set_grade(self, sensitive):
        """The setting, not the content: nobody wrote anything."""
        self.sensitive = sensitive

    @rule(
        command=sampled_from(list(states.TRANSITIONS)),
        actor=sampled_from(PEOPLE),
        reason=sampled_from(["", "x"]),
    )
    def give(self, command, actor, reason):
        before = self.state
        told = {
            "actor": actor,
            "compilers": self.compilers,
            "reason": reason,
            "reviewer": self.reviewer,
            "sensitive": self.sensitive,
        }
        if states.refusal(command, before, **told):
            return
        row = states.find(command, before, sensitive=self.sensitive)
        assert row is not None
        assert reason or not row.words
        if command == "submit":
            self.same, self.reviewer, self.passed_by = True, None, None
        if command == "approve":
            assert actor not in self.compilers
            self.reviewer = actor
        if command == "pass_security":
            assert actor not in self.compilers | {self.reviewer}
            self.passed_by = actor
        if command == "release":
            assert self.reviewer is not None
            assert self.reviewer not in self.compilers
            assert not self.sensitive or self.passed_by
            self.compilers = {"compiler"}
        self.decided = row.target

    @invariant()
    def every_state_has_a_label_and_a_way_on(self):
        assert self.state in states.LABELS
        if self.state != "released":
            assert any(
                states.find(command, self.state, sensitive=self.sensitive)
                for command in states.TRANSITIONS
            )


Life.TestCase.settings = settings(max_examples=60, deadline=None)
TestLife = pytest.mark.article(33)(pytest.mark.promise(1, 5, 7)(Life.TestCase))


@pytest.mark.parametrize(
    ("grade", "least", "needed"),
    [
        ("general", "important", False),
        ("important", "important", True),
        ("important", "core", False),
        ("general", "general", True),
        ("", "important", True),
        (None, "core", True),
        ("secret", "core", True),
    ],
)
def test_an_unknown_grade_is_the_highest(grade, least, needed):
    assert states.needs_security(grade, least) is needed


@pytest.fixture
def graded(portal):
    """An entry of important grade, submitted."""
    entry = portal.entry(
        data_grade="important",
        opening_class="conditional",
        opening_ground="security_demands",
        opening_condition="仅限经审核的研究单位使用。",
    )
    portal.upload(entry, "高校名单.csv", LIST.encode())
    portal.work()
    portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])
    return entry


@pytest.mark.article(33)
@pytest.mark.promise(1, 5, 7)
class TestSecurityReview:
    def test_a_third_person_passes_it_and_only_then_the_door_opens(
        self, app, portal, graded, monkeypatch
    ):
        entry = graded["id"]
        give(portal.reviewer, "security_officer", portal.bureau)
        done = portal.act("edudata_entry_approve", portal.reviewer, id=entry)
        assert done["state"] == "security_review"
        told = model.Session.query(Notice).filter_by(kind="security_review").all()
        assert {n.user_id for n in told} == {portal.security_officer["id"]}
        # Nobody releases it, not even past the table.
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=entry)
        monkeypatch.setattr(
            "ckanext.edudata.catalog.states.state_of", lambda *a, **k: "approved"
        )
        with pytest.raises(tk.ValidationError) as refused:
            portal.act("edudata_release", portal.reviewer, id=entry)
        assert "security" in refused.value.error_dict
        monkeypatch.undo()
        # The reviewer holds the officer's role too, and still may not.
        with pytest.raises(tk.ValidationError):
            portal.act(
                "edudata_entry_pass_security", portal.reviewer, id=entry, reason=WORDS
            )
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "edudata_entry_pass_security",
                portal.second_reviewer,
                id=entry,
                reason=WORDS,
            )
        officer = Visitor(app, portal.security_officer)
        url = f"/entry/{entry}"
        assert graded["title"] in officer.text("/desk").split('id="to-secure"')[1]
        answer = officer.post(f"{url}/pass_security", {"reason": " "}, page=url)
        assert answer.status_code == 422
        digest = done["digest"]
        stale = {"reason": WORDS, "digest": "0" * 64}
        answer = officer.post(f"{url}/pass_security", stale, page=url)
        assert answer.status_code == 422
        assert WORDS in words(answer)
        answer = officer.post(
            f"{url}/pass_security", {"reason": WORDS, "digest": digest}, page=url
        )
        assert answer.status_code == 302
        assert WORDS in officer.text(url)
        released = portal.act("edudata_release", portal.reviewer, id=entry)
        assert released["opening_class"] == "conditional"
        # A later version is no exception, and cannot be let go by itself.
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_by_itself_start", portal.second_reviewer, id=entry)
        with pytest.raises(tk.ValidationError) as refused:
            tk.get_action("edudata_entry_pass")(
                {"ignore_auth": True},
                {"id": entry, "digests": {self._file(portal, entry): "f" * 64}},
            )
        assert "security" in refused.value.error_dict
        model.Session.rollback()

    @staticmethod
    def _file(portal, entry):
        shown = portal.act("package_show", portal.compiler, id=entry)
        return shown["resources"][0]["id"]

    def test_it_can_be_returned_and_small_units_have_their_districts_officer(
        self, portal, graded
    ):
        entry = graded["id"]
        portal.act("edudata_entry_approve", portal.reviewer, id=entry)
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_entry_return", portal.reviewer, id=entry, reason="再看")
        model.Session.rollback()
        done = portal.act(
            "edudata_entry_return", portal.security_officer, id=entry, reason="级别有误"
        )
        assert (done["state"], done["reason"]) == ("returned", "级别有误")
        # A school with nobody of its own: the bureau's officer passes it.
        portal.act(
            "package_patch",
            portal.compiler,
            id=entry,
            owner_org=portal.school["id"],
        )
        portal.work()
        portal.act("edudata_entry_submit", portal.compiler, id=entry)
        portal.act("edudata_entry_approve", portal.second_reviewer, id=entry)
        done = portal.act(
            "edudata_entry_pass_security",
            portal.security_officer,
            id=entry,
            reason=WORDS,
        )
        assert done["state"] == "approved"

    @pytest.mark.ckan_config("ckanext.edudata.security_review.grade", "core")
    def test_what_was_approved_while_less_was_asked_for_waits(
        self, portal, graded, ckan_config, monkeypatch
    ):
        entry = graded["id"]
        done = portal.act("edudata_entry_approve", portal.reviewer, id=entry)
        assert done["state"] == "approved"
        monkeypatch.setitem(
            tk.config, "ckanext.edudata.security_review.grade", "important"
        )
        shown = portal.act("edudata_entry_show", portal.reviewer, id=entry)
        assert shown["state"] == "security_review"
        listed = portal.act("edudata_entry_list", portal.reviewer)
        assert listed[0]["state"] == "security_review"
        with pytest.raises(tk.ValidationError):
            door.release(entry, actor_id=portal.reviewer["id"], name=None)


@pytest.fixture
def twice(portal):
    """Released, then changed in words, structure and rows, and submitted again."""
    entry = portal.entry()
    file = portal.upload(entry, "高校名单.csv", LIST.encode())
    portal.released(entry)
    portal.act(
        "package_patch", portal.compiler, id=entry["id"], title="高等学校名单（新）"
    )
    portal.act(
        "resource_patch",
        portal.compiler,
        id=file["id"],
        upload=portal.file("高校名单.csv", LATER),
    )
    portal.work()
    portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])
    return entry


@pytest.mark.article(14, 16)
class TestVersions:
    def test_the_difference_in_words_structure_and_rows(self, app, portal, twice):
        diff = portal.act("edudata_entry_version_diff", portal.reviewer, id=twice["id"])
        assert (diff["number"], diff["against"]) == (2, 1)
        assert [c["field"] for c in diff["metadata"]] == ["title"]
        (file,) = diff["files"]
        (table,) = file["tables"]
        assert diff["structure_differs"]
        assert table["structure"]["added"] == ["办学层次"]
        rows = table["rows"]
        assert (rows["added"], rows["removed"], rows["changed"]) == (1, 0, 2)
        assert rows["shown"]["key"] == "学校标识码"
        assert rows["shown"]["added"]["rows"] == [["1", "丙大学", "4131010003", "本科"]]
        told = model.Session.query(Notice).filter_by(kind="structure_changed").one()
        assert told.user_id == portal.technician["id"]
        assert "学" not in str(told.detail)
        page = Visitor(app, portal.reviewer).text(f"/entry/{twice['name']}")
        decision = page.split('id="next"')[1].split("</section>")[0]
        for said in ("高等学校名单（新）", "办学层次", "丙大学"):
            assert said in decision
        # The address in the notice.
        technician = Visitor(app, portal.technician)
        assert "办学层次" in technician.text(f"/entry/{twice['id']}/versions/2/changes")

    def test_versions_are_kept_and_addressable_and_hidden_from_others(
        self, app, portal, twice
    ):
        name = twice["name"]
        reviewer = Visitor(app, portal.reviewer)
        page = reviewer.text(f"/entry/{name}/versions/1")
        assert "普通高等学校名单" in page
        assert "丙大学" not in page
        shown = portal.act(
            "edudata_entry_version_show", portal.reviewer, id=name, number=1
        )
        assert shown["digest"] in page
        assert shown["files"][0]["sha256"] in page
        assert shown["files"][0]["tables"][0]["rows"][1] == [
            "2",
            "乙大学",
            "4131010002",
        ]
        assert f"/entry/{name}/versions/2" in reviewer.text(f"/entry/{name}/versions")
        moved = reviewer.get(f"/entry/{name}/versions?new=1&old=2")
        assert moved.location.endswith(f"/entry/{name}/versions/1/changes?against=2")
        assert reviewer.get(f"/entry/{name}/versions/9").status_code == 404
        for action, more in (
            ("edudata_entry_version_list", {}),
            ("edudata_entry_version_show", {"number": 1}),
            ("edudata_entry_version_diff", {"number": 2, "against": 1}),
            ("edudata_entry_pass_security", {"reason": "x"}),
        ):
            answers = []
            for reference in (twice["id"], "0" * 8 + twice["id"][8:]):
                with pytest.raises(tk.ObjectNotFound) as error:
                    portal.act(action, portal.outsider, id=reference, **more)
                answers.append(str(error.value).replace(reference, "ID"))
            assert answers[0] == answers[1]
        outsider = Visitor(app, portal.outsider)
        for path in ("versions", "versions/1", "versions/2/changes"):
            assert outsider.get(f"/entry/{name}/{path}").status_code == 404
            assert Visitor(app).get(f"/entry/{name}/{path}").status_code in (302, 404)

    def test_a_stale_page_is_told_and_approves_nothing(self, portal, twice):
        seen = portal.act("edudata_entry_show", portal.reviewer, id=twice["id"])
        portal.act("package_patch", portal.compiler, id=twice["id"], notes="又改了。")
        with pytest.raises(tk.ValidationError) as refused:
            portal.act(
                "edudata_entry_approve",
                portal.reviewer,
                id=twice["id"],
                digest=seen["digest"],
            )
        assert "digest" in refused.value.error_dict

    @pytest.mark.ckan_config("ckanext.edudata.compare.rows_at_once", 3)
    def test_large_tables_are_compared_by_a_job(self, portal, twice):
        """Begun at the submission, so that the reviewer need not wait."""
        row = model.Session.query(RowComparison).one()
        ask = {"id": twice["id"]}
        diff = portal.act("edudata_entry_version_diff", portal.reviewer, **ask)
        assert diff["files"][0]["tables"][0]["rows"]["state"] == "waiting"
        comparing.work(row.id)
        comparing.work(row.id)
        diff = portal.act("edudata_entry_version_diff", portal.reviewer, **ask)
        rows = diff["files"][0]["tables"][0]["rows"]
        assert (rows["state"], rows["added"], rows["changed"]) == ("done", 1, 2)
        assert rows["shown"]["changed"][0]["cells"]
        model.Session.refresh(row)
        assert "大学" not in str(row.result)

    @pytest.mark.promise(5)
    def test_two_reviewers_at_once_one_wins(self, app, portal, twice):
        flask, outcomes = app.flask_app, []
        begin = threading.Barrier(2)

        def decide(user, action, **more):
            with flask.test_request_context():
                begin.wait()
                try:
                    portal.act(action, user, id=twice["id"], **more)
                    outcomes.append(action)
                except tk.ValidationError:
                    outcomes.append("refused")
                finally:
                    model.Session.remove()

        threads = [
            threading.Thread(
                target=decide, args=(portal.reviewer, "edudata_entry_approve")
            ),
            threading.Thread(
                target=decide,
                args=(portal.second_reviewer, "edudata_entry_return"),
                kwargs={"reason": "x"},
            ),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes)[-1] == "refused"
        assert len(set(outcomes)) == 2
