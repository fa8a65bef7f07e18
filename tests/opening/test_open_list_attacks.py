"""Open lists attacked: hostile words, words that must go, two that publish at once."""

from __future__ import annotations

import json
import random
import threading
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.desensitization import engine
from ckanext.edudata.opening import forgetting
from ckanext.edudata.opening.model_open_list import OpenList, OpenListLine
from tests.attacks.test_leaks import _everywhere
from tests.desensitization.rosters import resident_id
from tests.opening.conftest import CANARIES, CLOSED, PLANNED, approve

PAGES = ("/open-list", "/open-list/xh", "/open-list/xh/1", "/open-list/shjw/all")
FORMATS = ("", ".csv", ".xlsx", ".json", ".atom")
SCRIPT = "<script>alert('金')</script><img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("https://evil.example","点击")'
CONTROL = "名录\x0b\x1f&]]>"


@pytest.mark.article(27)
@pytest.mark.promise(3)
def test_hostile_words_and_what_stays_inside(app, quick):
    portal = quick.portal
    for title in (SCRIPT, FORMULA, CONTROL):
        approve(portal, title, **PLANNED)
    approve(portal, "幼儿园名录", **{**CLOSED, "open_list_reason": SCRIPT})
    hidden = {"notes": "金丝雀摘要", "keywords": "金丝雀关键词"}
    approve(portal, "明细表", **{**CLOSED, **hidden, "opening_basis": "金丝雀依据"})
    approve(portal, "金丝雀未勾选", opening_plan_date="2027-04-01")
    draft_only = portal.entry(title="金丝雀草稿", opening_plan_date="2027-05-01")
    with_file = portal.entry(title="金丝雀草稿", **PLANNED)
    portal.upload(with_file, "数据.csv", "序号,内容\n1,甲\n".encode())
    other = approve(portal, "金丝雀未审核", unit=portal.other, **PLANNED)
    assert quick.publish()["lines"] == 5
    approve(portal, "后来的名录", **PLANNED)
    assert quick.publish()["number"] == 2
    addresses = [f"{page}{kind}" for page in PAGES for kind in FORMATS]
    addresses += [f"/open-list/xh/compare{kind}?from=1&to=2" for kind in FORMATS]
    addresses += ["/organization/xh", "/open-list?kind=planned&q=名录"]
    for address in addresses:
        assert app.get(address, headers={"Host": "evil.example"}).status_code == 400
        answer = app.get(address)
        assert answer.status_code == 200, address
        raw = answer.get_data()
        said = raw.decode("utf-8", "replace")
        for word in (*CANARIES, draft_only["id"], draft_only["name"], other["id"]):
            assert word not in said, address
        assert "evil.example/" not in said, address
        kind = address.split("?")[0].rpartition(".")[2]
        if kind in ("csv", "json", "atom", "xlsx"):
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        else:
            assert "<script>alert" not in said, address
            assert "<img src=x" not in said, address
        if kind == "csv":
            assert raw.startswith(b"\xef\xbb\xbf")
            assert '"=HYPER' not in said
            assert "\n=HYPER" not in said
        if kind == "json":
            json.loads(said)
        if kind == "atom":
            root = ET.fromstring(raw)
            links = [node.get("href") for node in root.iter() if node.get("href")]
            site = tk.config["ckan.site_url"]
            assert all(link.startswith(f"{site}/open-list") for link in links)
    assert app.get("/open-list/xh/9", status=404)
    assert app.get("/open-list/nobody", status=404)
    assert app.get("/open-list/cn", status=404)
    assert app.get("/open-list/xh/compare?from=1&to=7", status=404)
    huge = 2**70
    for address in (
        f"/open-list/xh/{huge}",
        f"/open-list/xh/compare?from=1&to={huge}",
        "/open-list/xh/compare?from=-1&to=1",
        "/open-list/x%00h",
    ):
        assert app.get(address).status_code == 404, address
    for address in (
        f"?page={huge}",
        "?kind=none",
        "?page=-3",
        "?district=%27",
    ):
        assert app.get(f"/open-list{address}").status_code == 200, address
    assert app.get("/open-list?q=%00").status_code == 400
    # Not named, not counted.
    found = portal.act("edudata_open_list_search", None, q="金丝雀")
    assert (found["count"], found["kinds"], found["lists"]) == (0, {}, 0)
    found = portal.act("edudata_open_list_search", None, q="%_")
    assert found["count"] == 0


@pytest.mark.article(27)
def test_a_visitor_gets_only_what_is_new(app, quick):
    entry = approve(quick.portal, "幼儿园名录", **PLANNED)
    quick.publish()
    for address in ("/open-list", "/open-list/xh.csv", "/open-list/xh/1.json"):
        first = app.get(address)
        etag = first.headers["ETag"]
        assert first.headers["Last-Modified"]
        same = app.get(address, headers={"If-None-Match": etag})
        assert (same.status_code, same.get_data()) == (304, b"")
        other = app.get(f"{address}?q=1", headers={"If-None-Match": etag})
        assert other.status_code == 200
    key = quick.show()["lines"][0]["key"]
    quick.portal.act(
        "edudata_open_list_withdraw",
        quick.portal.reviewer,
        unit="xh",
        line=key,
        reason="名称有误。",
    )
    again = app.get("/open-list/xh/1.json", headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert "幼儿园名录" not in again.get_data(as_text=True)
    assert entry["id"] not in again.get_data(as_text=True)


@pytest.mark.article(27, 31)
@pytest.mark.promise(1, 4)
def test_personal_data_in_a_title_or_reason(quick, monkeypatch):
    portal = quick.portal
    number = resident_id(random.Random(7), "20120304", True)
    approve(portal, f"学生{number}体检表", **CLOSED)
    approve(portal, "体检表", **{**CLOSED, "open_list_reason": f"含{number}的信息"})
    approve(portal, "食堂名录", **PLANNED)
    draft = quick.draft()
    assert [line["title"] for line in draft["lines"]] == ["食堂名录"]
    assert [item["reason"] for item in draft["refused"]] == ["personal", "personal"]
    done = quick.publish(digest=draft["digest"])
    assert (done["lines"], done["refused"]) == (1, 2)
    assert number not in json.dumps(quick.show(), ensure_ascii=False)
    # Nobody has read it: it waits.
    monkeypatch.setattr(
        engine, "check_metadata", lambda texts: SimpleNamespace(verdict="unreadable")
    )
    approve(portal, "幼儿园名录", **PLANNED)
    assert [x["reason"] for x in quick.draft()["refused"]].count("unchecked") == 1
    with pytest.raises(tk.ValidationError):
        quick.publish()
    monkeypatch.undo()
    assert quick.publish()["number"] == 2


@pytest.mark.article(27)
@pytest.mark.promise(6)
def test_a_published_version_stays(quick):
    approve(quick.portal, "幼儿园名录", **PLANNED)
    quick.publish()
    before = quick.show()
    for statement in (
        "UPDATE edudata_open_list SET number = 7",
        "UPDATE edudata_open_list SET digest = ''",
        "DELETE FROM edudata_open_list",
        "TRUNCATE edudata_open_list",
        "UPDATE edudata_open_list_line SET title = '别的'",
        "UPDATE edudata_open_list_line SET kind = 'closed'",
        "UPDATE edudata_open_list_line SET withdrawn_at = now()",
        "UPDATE edudata_open_list_line SET withdrawn_at = now(), title = '', "
        "fields = '{}', nonce = '', digest = 'x'",
        "DELETE FROM edudata_open_list_line",
        "TRUNCATE edudata_open_list_line",
        "TRUNCATE edudata_open_list_withdrawal",
    ):
        model.Session.rollback()
        with (
            pytest.raises(sa.exc.DBAPIError, match="stays as it is"),
            model.ensure_engine().begin() as connection,
        ):
            connection.execute(sa.text(statement))
    assert quick.show() == before


@pytest.mark.article(27)
@pytest.mark.promise(5)
def test_two_publish_at_once(quick, app):
    portal = quick.portal
    approve(portal, "幼儿园名录", **PLANNED)
    quick.draft()
    done, refused = [], []

    def run(user):
        try:
            with app.flask_app.test_request_context():
                context = {"user": user["name"], "auth_user_obj": None}
                action = tk.get_action("edudata_open_list_publish")
                done.append(action(context, {"unit": "xh"})["number"])
        except tk.ValidationError as error:
            refused.append(error)
        finally:
            model.Session.remove()

    people = (portal.reviewer, portal.second_reviewer, portal.coordinator)
    threads = [threading.Thread(target=run, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [1]
    assert len(refused) == 2
    assert model.Session.query(OpenList).count() == 1
    assert model.Session.query(OpenListLine).count() == 1


@pytest.mark.article(27, 31)
@pytest.mark.promise(3)
def test_words_that_must_go(quick):
    portal = quick.portal
    word, reason = "金丝雀名录", "含金丝雀信息。"
    entry = approve(portal, word, **{**CLOSED, "open_list_reason": reason})
    approve(portal, "幼儿园名录", **PLANNED)
    quick.publish()
    approve(portal, "食堂名录", **PLANNED)
    quick.publish()
    key = next(x["key"] for x in quick.show()["lines"] if x["title"] == word)
    asked = {"unit": "xh", "line": key, "reason": "名称有误。"}
    for user in (portal.compiler, portal.outsider, portal.stranger, None):
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_open_list_withdraw", user, **asked)
    number = resident_id(random.Random(7), "20120304", True)
    officer = portal.security_officer
    with pytest.raises(tk.ValidationError, match="reason"):
        portal.act("edudata_open_list_withdraw", officer, **{**asked, "reason": number})
    with pytest.raises(tk.ValidationError, match="line"):
        portal.act("edudata_open_list_withdraw", officer, unit="xh", reason="名称")
    done = portal.act("edudata_open_list_withdraw", officer, **asked)
    assert done["lines"] == 2
    for version in (1, 2):
        shown = quick.show(number=version)
        gone = next(line for line in shown["lines"] if line["key"] == key)
        assert gone["withdrawal_reason"] == "名称有误。"
        assert "金丝雀" not in json.dumps(shown, ensure_ascii=False)
    diff = portal.act("edudata_open_list_diff", None, unit="xh", **{"from": 1, "to": 2})
    assert diff["withdrawn"] == [key]
    with pytest.raises(tk.ValidationError, match="line"):
        portal.act("edudata_open_list_withdraw", officer, **asked)
    # The same words do not come again; others do.
    draft = quick.draft()
    assert [item["reason"] for item in draft["refused"]] == ["withdrawn"]
    assert quick.publish()["lines"] == 2
    tables = _everywhere(model.ensure_engine())
    for name in tables:
        if name.startswith("edudata_open_list"):
            assert "金丝雀" not in tables[name], name

    # What was classified leaves no reason either.
    forgotten = approve(portal, "金丝雀方案", **PLANNED)
    quick.publish()
    forgetting.forget(forgotten["id"], None)
    tables = _everywhere(model.ensure_engine())
    assert "金丝雀方案" not in tables["edudata_open_list_line"]
    lines = quick.show()["lines"]
    assert [x["withdrawal_reason"] for x in lines if x["withdrawn"]] == [""]
    assert entry["id"] not in json.dumps(quick.show())
