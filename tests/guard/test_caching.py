"""What is kept is the same for everybody, and gone with what it showed."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import logic, model
from ckan.lib.search.common import SolrConnectionError
from ckan.tests import factories

from ckanext.edudata.guard import caching_rules as rules
from ckanext.edudata.guard import generation, memory
from tests.visitors import Visitor

pytestmark = [pytest.mark.promise(3), pytest.mark.article(36)]

TABLE = "学校名称,学校标识码\n" + "".join(
    f"示例第{n}小学,21310100{n:02}\n" for n in range(1, 8)
)
SECONDS = pytest.mark.ckan_config("ckanext.edudata.cache.seconds", 300)


@pytest.fixture
def kept(app: Any, portal: Any) -> Any:
    """One dataset, and a fresh visitor of whom nothing is known."""
    memory.redis().delete(*_keys() or ["none"])
    entry = portal.entry(title="徐汇区小学名单")
    portal.upload(entry, "名单.csv", TABLE.encode())
    portal.released(entry, name="xiaoxue")
    portal.entry_of_it = entry
    return portal


def _keys() -> list[bytes]:
    return list(memory.redis().scan_iter(memory.prefix("page") + "*"))


def ask(app: Any, url: str, **options: Any) -> Any:
    client = app.flask_app.test_client(use_cookies=False)
    return client.get(url, **{"base_url": tk.config["ckan.site_url"], **options})


def made(app: Any, url: str, **options: Any) -> tuple[Any, int]:
    """The answer, and how many are newly kept by it."""
    before = len(_keys())
    return ask(app, url, **options), len(_keys()) - before


def test_a_page_is_made_once_and_gone_with_the_stop(app, kept):
    for url in (
        "/",
        "/dataset/",
        "/dataset/xiaoxue",
        "/organization/xh",
        "/api/3/action/package_show?id=xiaoxue",
        "/api/3/action/package_search?q=小学",
    ):
        first, new = made(app, url)
        assert (first.status_code, new) == (200, 1), url
        assert "Set-Cookie" not in first.headers
        assert first.headers["Cache-Control"] == "public, no-cache"
        assert {"Cookie", "Authorization"} <= set(first.vary.as_set(True)), url
        again, new = made(app, url)
        assert (again.data, new) == (first.data, 0), url
        tag = {"If-None-Match": first.headers["ETag"]}
        assert ask(app, url, headers=tag).status_code == 304
        assert "xiaoxue" in first.text or url.startswith("/organization")
    kept.act("edudata_stop", kept.reviewer, id="xiaoxue", reason="名单有误。")
    assert "停止" in ask(app, "/dataset/xiaoxue", headers=tag).text
    for url in ("/", "/dataset/", "/api/3/action/package_search?q=小学"):
        assert "xiaoxue" not in ask(app, url).text, url


def test_a_stop_wins_against_a_page_that_is_being_made(app, kept, monkeypatch):
    """Begun before, finished after: not served to anybody who comes later."""
    url = "/api/3/action/package_show?id=xiaoxue"
    real = tk.get_action("package_show")

    def slow(context: Any, data_dict: Any) -> Any:
        found = real(context, data_dict)
        if not stopped:
            stopped.append(1)
            by = threading.Thread(target=_stop)
            by.start()
            by.join()
        return found

    def _stop() -> None:
        with app.flask_app.app_context():
            kept.act("edudata_stop", kept.reviewer, id="xiaoxue", reason="名单有误。")
            model.Session.remove()

    stopped: list[int] = []
    slow.side_effect_free = True  # type: ignore[attr-defined]
    monkeypatch.setitem(logic._actions, "package_show", slow)
    assert '"resources": [{' in ask(app, url).text
    assert stopped
    assert '"resources": []' in ask(app, url).text


def test_nothing_of_one_visitor_reaches_another(app, kept):
    urls = ("/", "/dataset/xiaoxue", "/api/3/action/package_show?id=xiaoxue")
    token = factories.APIToken(user=kept.compiler["id"], name="测试令牌")["token"]
    worker = Visitor(app, kept.compiler)
    for url in urls:
        for headers in (
            {"Authorization": token},
            {"Authorization": "worthless"},
            {"Cookie": "edudata=x"},
            {"Cookie": "anything=1"},
            {"Range": "bytes=0-10"},
            {"HX-Request": "true"},
            {"X-Requested-With": "XMLHttpRequest"},
            {"X-HTTP-Method-Override": "DELETE"},
        ):
            answer, new = made(app, url, headers=headers)
            assert new == 0, (url, headers)
            if "Authorization" in headers:
                assert answer.cache_control.private, (url, headers)
        mine = worker.get(url)
        assert mine.cache_control.private
    for host in ("evil.example", "test.ckan.net:81"):
        answer, new = made(app, "/dataset/xiaoxue", base_url=f"http://{host}")
        assert new == 0
        assert host not in answer.text
    for name in ("X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"):
        poison = {name: "evil.example", "X-Forwarded-Proto": "https"}
        answer = ask(app, "/organization/xh", headers=poison)
        assert "evil.example" not in answer.text
        assert "evil.example" not in ask(app, "/organization/xh").text
    for url in urls:
        assert kept.compiler["name"] not in ask(app, url).text
        cross = ask(app, url, headers={"Origin": "http://evil.example"})
        assert "Access-Control-Allow-Origin" not in cross.headers
    # A body changes what the API answers; the address does not show it.
    memory.redis().delete(*_keys())
    url = "/api/3/action/package_show?id=xiaoxue"
    answer, new = made(app, url, data=b'{"id": "none"}')
    assert new == 0
    assert "xiaoxue" in ask(app, "/api/3/action/package_show?id=xiaoxue").text
    assert answer.status_code in (200, 404)


def test_every_question_has_its_own_answer(app, kept):
    chinese, english = ask(app, "/dataset/xiaoxue"), ask(app, "/en/dataset/xiaoxue")
    assert 'lang="zh-Hans-CN"' in chinese.text
    assert 'lang="en"' in english.text
    assert ask(app, "/dataset/xiaoxue").data == chinese.data
    french = ask(app, "/dataset/xiaoxue", headers={"Accept-Language": "en"})
    assert french.data == chinese.data
    one = ask(app, "/api/3/action/package_search?rows=1&q=小学").json["result"]
    none = ask(app, "/api/3/action/package_search?q=小学&rows=0").json["result"]
    assert (len(one["results"]), len(none["results"])) == (1, 0)
    jsonp = ask(app, "/api/3/action/package_show?id=xiaoxue&callback=f")
    assert jsonp.text.startswith("f(")
    assert not ask(app, "/api/3/action/package_show?id=xiaoxue").text.startswith("f(")
    client = app.flask_app.test_client(use_cookies=False)
    base = tk.config["ckan.site_url"]
    head = client.head("/dataset/xiaoxue", base_url=base)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == chinese.headers["ETag"]
    fresh = client.head("/api/3/action/package_list", base_url=base)
    assert fresh.data == b""
    assert ask(app, "/api/3/action/package_list").json["result"] == ["xiaoxue"]
    for url, status in (
        ("/dataset/none", 404),
        ("/api/3/action/package_show?id=none", 404),
        (f"/api/3/action/package_show?id={kept.entry_of_it['id']}", 404),
        (f"/dataset/{kept.entry_of_it['name']}", 404),
    ):
        answer, new = made(app, url)
        assert (answer.status_code, new) == (status, 0), url
    form, new = made(app, "/dataset/xiaoxue/personal-data")
    assert new == 0
    assert form.cache_control.private or not form.cache_control.public


def test_an_answer_without_its_search_is_not_kept(app, kept, monkeypatch):
    monkeypatch.setitem(tk.config, "solr_url", "http://127.0.0.1:9/solr/none")
    before = _keys()
    for url in ("/", "/dataset/", "/organization/xh"):
        with contextlib.suppress(SolrConnectionError):
            ask(app, url)
        assert _keys() == before, url


def test_without_redis_pages_are_made(app, kept, monkeypatch):
    monkeypatch.setitem(tk.config, "ckan.redis.url", "redis://127.0.0.1:9/0")
    monkeypatch.setitem(memory._silent, "until", 0.0)
    assert "xiaoxue" in ask(app, "/dataset/").text
    assert ask(app, "/dataset/xiaoxue").status_code == 200
    monkeypatch.setitem(memory._silent, "until", 0.0)


def test_the_mark_moves_with_what_is_public_and_with_nothing_else(kept):
    seen = generation.current()
    model.Session.rollback()
    draft = kept.entry(title="底稿")
    kept.upload(draft, "底稿.csv", b"a,b\n1,2\n")
    model.Session.rollback()
    # Working on an entry throws away nothing that people read.
    assert generation.current() == seen
    with model.ensure_engine().connect() as connection:
        connection.execute(sa.text('UPDATE "group" SET title = title'))
        connection.rollback()
    model.Session.rollback()
    assert generation.current() == seen
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text('UPDATE "group" SET title = title'))
    model.Session.rollback()
    moved = generation.current()
    assert moved
    assert seen
    assert generation.at(moved) > generation.at(seen)
    model.Session.rollback()


def test_statements_that_show():
    for statement, shown in (
        ('INSERT INTO "group" (id) VALUES (1)', True),
        ("UPDATE public.edudata_release SET state = 'stopped'", True),
        ("WITH a AS (SELECT 1) INSERT INTO edudata_open_list SELECT 1", True),
        ("with was as (select 1), n as (update edudata_demand set x=1) select 1", True),
        ("DELETE FROM ONLY something_new WHERE 1=1", True),
        ("  truncate table edudata_release", True),
        ("SELECT * FROM edudata_release FOR UPDATE", False),
        ('UPDATE "user" SET last_active = now()', False),
        ("INSERT INTO edudata_audit AS a ON CONFLICT DO UPDATE SET x = 1", False),
        ("SET LOCAL statement_timeout TO 5", False),
    ):
        assert generation.shown(statement) is shown, statement


def test_names_cannot_be_put_together_otherwise():
    assert rules.name("m", "b", "a", "bc") != rules.name("m", "b", "ab", "c")
    assert rules.name("m", "b", "/x", "q") == rules.name("m", "b", "/x", "q")
    assert not rules.asks_for_itself(
        "GET", "edudata_portal.index", None, "a" * 3000, (), "Authorization"
    )
    assert not rules.asks_for_itself("GET", "desk.desk", None, "", (), "Authorization")
