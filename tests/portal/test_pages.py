"""What everybody sees, and what nobody sees."""

from __future__ import annotations

import io
import json
import re
import urllib.request

import pytest
from bs4 import BeautifulSoup

from ckanext.edudata.portal import closed, examples


def soup(response):
    return BeautifulSoup(response.body, "html.parser")


def text(response):
    return " ".join(soup(response).get_text(" ").split())


def resource(opened, name, kind):
    package = opened.portal.act("package_show", None, id=name)
    return next(item for item in package["resources"] if item["kind"] == kind)


@pytest.mark.article(27, 28)
def test_a_citizen_finds_looks_and_downloads_without_an_account(app, opened):
    home = text(opened.page(app, "/"))
    assert "上海教育数据，向社会开放" in home
    assert "无条件开放" in home
    assert "徐汇区小学名录" in home

    for words in ("小学", "小学名录", "徐汇区小学"):
        found = opened.page(app, f"/dataset/?q={words}")
        assert "徐汇区小学名录" in text(found)
    found = opened.page(app, "/dataset/?q=小学&district=310104")
    assert "行政区：徐汇区" in text(found)
    assert "310104" not in text(found)

    page = opened.page(app, "/dataset/xuhui-xiaoxue")
    said = text(page)
    for words in ("您可以自由获取和使用这些数据", "徐汇区教育局", "每年", "十位标识码"):
        assert words in said
    cells = [cell.get_text() for cell in soup(page).select(".edu-table--data td")]
    assert "上海市第1实验小学" in cells
    assert "上海市第11实验小学" not in cells
    second = opened.page(app, "/dataset/xuhui-xiaoxue?page=2")
    assert "上海市第11实验小学" in text(second)
    # Inside a value, where PostgreSQL's text search finds nothing.
    inside = opened.page(app, "/dataset/xuhui-xiaoxue?q=第12实验")
    rows = soup(inside).select(".edu-table--data tbody tr")
    assert len(rows) == 1
    none = opened.page(app, "/dataset/xuhui-xiaoxue?q=100%25_")
    assert "没有包含" in text(none)

    links = [a["href"] for a in soup(page).select(".edu-downloads a")]
    plain, excel, as_json = (app.get(link) for link in links)
    assert plain.body.startswith("学校名称,")
    assert excel.get_data().startswith(b"\xef\xbb\xbf")
    assert len(json.loads(as_json.body)["records"]) == 25


@pytest.mark.article(27)
@pytest.mark.promise(2)
def test_conditional_data_show_a_sample_and_the_way_to_apply(app, opened):
    page = opened.page(app, "/dataset/xuewei")
    said = text(page)
    for words in ("有条件开放", "时效性较强", "仅限教育研究使用。", "申请使用"):
        assert words in said
    assert "合成样例（非真实数据）" in said
    data = resource(opened, "xuewei", "conditional")
    link = soup(page).find("a", string="申请使用")["href"]
    assert link == f"/dataset/xuewei/apply/{data['id']}"
    assert "2025-01" not in said
    table = opened.page(app, f"/dataset/xuewei/resource/{data['id']}")
    assert "2025-01" not in text(table)
    assert not soup(table).select(f"[href*='dump/{data['id']}']")
    frozen = opened.page(app, "/dataset/xuewei/version/1")
    assert "2025-01" not in text(frozen)
    assert "合成样例（非真实数据）" in text(frozen)
    assert len(soup(frozen).select(".edu-table--data")) == 1


def test_versions_stay_addressable(app, opened):
    now = opened.page(app, "/dataset/xuhui-xiaoxue")
    assert "第 2 版" in text(now)
    old = opened.page(app, "/dataset/xuhui-xiaoxue/version/1")
    said = text(old)
    assert "这是历史版本" in said
    assert "上海市第1实验小学" in said
    assert "十位标识码" not in said
    link = soup(old).select_one(".edu-downloads a")["href"]
    assert app.get(link).body.count("\n") == 26
    live = opened.page(app, "/dataset/xuhui-xiaoxue/version/2")
    assert "这是历史版本" not in text(live)
    assert opened.page(app, "/dataset/xuhui-xiaoxue/version/9", status=404)


def test_a_stopped_dataset_says_what_was_there_and_why_not(app, opened):
    page = opened.page(app, "/dataset/youeryuan")
    said = text(page)
    assert "这些数据已停止开放" in said
    assert "名录有误，更正中。" in said
    assert "实验幼儿园" not in said
    assert "此版本已停止提供" in text(opened.page(app, "/dataset/youeryuan/version/1"))
    assert "幼儿园名录" not in text(opened.page(app, "/dataset/?q=幼儿园"))


@pytest.mark.promise(3)
def test_closed_content_shows_on_no_page(app, opened):
    stranger = opened.portal.stranger
    for user in (None, stranger):
        for url in (
            "/",
            "/dataset/?q=底稿",
            "/organization",
            "/organization/xh",
            f"/dataset/{opened.closed['id']}",
            f"/dataset/{opened.closed['name']}",
        ):
            shown = text(opened.page(app, url, user, status=None))
            assert "底稿内容" not in shown
            assert "内部工作底稿" not in shown
    nowhere = opened.page(app, "/dataset/no-such-dataset", status=404)
    hidden = opened.page(app, f"/dataset/{opened.closed['id']}", status=404)
    assert text(hidden) == text(nowhere)
    mine = opened.page(
        app,
        f"/dataset/{opened.closed['id']}",
        opened.portal.compiler,
        follow_redirects=False,
        status=302,
    )
    assert mine.headers["Location"].endswith(f"/entry/{opened.closed['id']}")


def test_units_stand_in_a_tree(app, opened):
    page = opened.page(app, "/organization/")
    top = soup(page).select_one(".edu-tree > li")
    assert "上海市教育委员会" in top.get_text()
    assert "徐汇区示例小学" in top.get_text()
    assert "长宁区教育局" in text(opened.page(app, "/organization/?q=长宁"))
    above = text(opened.page(app, "/organization/shjw"))
    assert "徐汇区小学名录" in above
    assert "市教委" in above
    assert "尚未开放数据" in text(opened.page(app, "/organization/cn"))


def test_ones_own_page_shows_roles_and_nobody_elses(app, opened):
    compiler = opened.portal.compiler
    page = text(opened.page(app, f"/user/{compiler['name']}", compiler))
    assert "编目员" in page
    assert "徐汇区教育局" in page
    opened.page(app, "/user/reviewer", compiler, status=404)
    away = opened.page(app, "/user/reviewer", follow_redirects=False, status=302)
    assert "/user/login" in away.headers["Location"]


def test_pages_of_ckan_without_meaning_are_gone(app, opened):
    for rule in closed.GONE:
        url = re.sub(r"<[^>]+>", "xh", rule)
        for user in (None, opened.portal.compiler):
            opened.page(app, url, user, status=404)
    for rule, target in (
        ("/dataset/new", "/entry/new"),
        ("/dashboard/datasets", "/desk"),
    ):
        moved = opened.page(app, rule, follow_redirects=False, status=302)
        assert moved.headers["Location"].endswith(target)


def test_error_pages_say_what_to_do(app, opened):
    missing = opened.page(app, "/nothing-here", status=404)
    assert "页面不存在" in text(missing)
    assert soup(missing).select_one("form[role=search]")
    assert "The requested URL" not in missing.body
    english = opened.page(app, "/en/nothing-here", status=404)
    assert "This page does not exist" in text(english)


def test_pages_load_nothing_from_elsewhere_and_hold_no_inline_code(app, opened):
    for url in ("/", "/dataset/", "/dataset/xuhui-xiaoxue", "/organization/", "/about"):
        page = soup(opened.page(app, url))
        # Data for search engines stand in a script element and are no code.
        for data in page.select('script[type="application/ld+json"]'):
            assert json.loads(data.extract().get_text())
        for element in page.select("script, link[rel=stylesheet], img, iframe"):
            source = element.get("src") or element.get("href")
            assert source, f"inline script on {url}"
            assert source.startswith("/")
        assert not page.select("[style], [onclick], [onchange], style")


def test_nothing_of_a_name_or_a_query_becomes_markup(app, opened):
    bad = "<script>alert(1)</script>"
    for url in ("/dataset/", "/dataset/xuhui-xiaoxue", "/organization/"):
        page = app.get(url, query_string={"q": bad})
        assert bad not in page.body


def test_the_examples_work_when_pasted(app, opened, monkeypatch):
    """The example's own code runs; the real application answers its request."""
    data = resource(opened, "xuhui-xiaoxue", "data")
    made = examples.examples("http://test.ckan.net", data["id"])

    def urlopen(request):
        path = request.full_url.removeprefix("http://test.ckan.net")
        answer = app.post(path, data=request.data, headers=dict(request.headers))
        return io.BytesIO(answer.get_data())

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    rows = []
    exec(made["python"], {"print": rows.append})
    assert rows[0]["学校名称"] == "上海市第1实验小学"
    address = re.fullmatch(r"curl 'http://test.ckan.net(.*)'", made["curl"])
    assert address
    answer = json.loads(app.get(address[1]).body)
    assert answer["result"]["total"] == 25
