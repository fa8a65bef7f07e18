"""What one request may bring and take has an end."""

from __future__ import annotations

import io
import json
import threading
import time
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from ckanext.edudata.guard import bounds, statements

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=40,
)


def ask(app: Any, url: str, **options: Any) -> Any:
    client = app.flask_app.test_client(use_cookies=False)
    base = tk.config["ckan.site_url"]
    method = options.pop("method", "GET")
    return client.open(url, method=method, base_url=base, **options)


def test_lists_and_searches_have_an_end(app, portal):
    assert ask(app, "/dataset/?page=501").status_code == 404
    assert ask(app, "/dataset/?page=500").status_code in (200, 404)
    many = "&".join(f"district={n}" for n in range(13))
    assert ask(app, f"/dataset/?{many}").status_code == 400
    assert ask(app, "/about?" + "&".join(f"a{n}=1" for n in range(201))).status_code
    search = "/api/3/action/package_search"
    far = ask(app, f"{search}?start=10001")
    assert far.status_code == 409
    assert "/catalog" in far.json["error"]["start"][0]
    wide = {"facet.limit": -1, "facet.field": ["organization"] * 30, "rows": 0}
    answer = ask(app, search, method="POST", json=wide)
    assert answer.status_code == 200


def test_bodies_have_an_end(app, portal):
    url = "/api/3/action/package_search"
    token = factories.APIToken(user=portal.compiler["id"], name="测试")["token"]
    large = b'{"q": "' + b"a" * (3 << 20) + b'"}'
    options: dict[str, Any] = {"method": "POST", "content_type": "application/json"}
    assert ask(app, url, data=large, **options).status_code == 413
    known = {"Authorization": token}
    assert ask(app, url, data=large, headers=known, **options).status_code != 413
    file = {"upload": (io.BytesIO(large), "a.csv")}
    assert ask(app, "/", method="POST", data=file).status_code in (405, 413)
    fields = {f"a{n}": "1" for n in range(bounds.FIELDS + 1)}
    assert ask(app, url, method="POST", data=fields).status_code in (400, 413)
    for body in (b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000):
        answer = ask(app, url, data=body, **options)
        assert answer.status_code == 400
    deep = {"q": "x", "extras": [[[[]]]]}
    assert ask(app, url, method="POST", json=deep).status_code != 400


@given(JSON, st.integers(0, 60))
def test_levels_are_counted_as_they_are(value, wrapped):
    def levels(item: Any) -> int:
        if isinstance(item, dict):
            return 1 + max([levels(one) for one in item.values()], default=0)
        if isinstance(item, list):
            return 1 + max([levels(one) for one in item], default=0)
        return 0

    for _ in range(wrapped):
        value = [value]
    body = json.dumps(value).encode()
    true = levels(value)
    assert (bounds.depth(body, 40) > 40) == (true > 40)


def test_a_slow_question_is_ended_in_a_request_and_not_in_a_job(app, portal):
    slow = sa.text("SELECT pg_sleep(0.6)")
    statements._most.set(200)
    try:
        model.Session.remove()
        with pytest.raises(OperationalError):
            model.Session.execute(slow)
        model.Session.rollback()
        with pytest.raises(OperationalError):
            model.Session.execute(slow)
        # Another thread is another request, or a job: its own end, or none.
        done: list[float] = []

        def job() -> None:
            begun = time.monotonic()
            with model.ensure_engine().connect() as connection:
                connection.execute(slow)
            done.append(time.monotonic() - begun)

        thread = threading.Thread(target=job)
        thread.start()
        thread.join()
        assert done
        assert done[0] >= 0.6
    finally:
        statements._most.set(0)
        model.Session.remove()
    model.Session.execute(slow)
    model.Session.remove()


def test_who_waited_too_long_is_told_so(app, portal, monkeypatch):
    def slow() -> str:
        return str(model.Session.scalar(sa.text("SELECT pg_sleep(5)")))

    monkeypatch.setitem(app.flask_app.view_functions, "home.about", slow)
    monkeypatch.setitem(tk.config, statements.READING, 1)
    begun = time.monotonic()
    answer = ask(app, "/about")
    assert time.monotonic() - begun < 4
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "耗时过长" in answer.text
    monkeypatch.undo()
    assert ask(app, "/about").status_code == 200


def test_search_engines_are_kept_to_the_pages(app, portal):
    for url in ("/", "/dataset/", "/dataset/?page=1", "/organization/"):
        assert "X-Robots-Tag" not in ask(app, url).headers, url
    for url in ("/dataset/?district=310104", "/dataset/?q=a", "/user/login"):
        assert ask(app, url).headers["X-Robots-Tag"] == "noindex", url
    robots = ask(app, "/robots.txt").text
    assert "Disallow: /dataset/?" in robots
    assert "Allow: /dataset/?page=" in robots
