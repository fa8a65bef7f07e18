"""Nonsense to every form of every page: no failure, no look inside, no leak.

The forms are those that the pages show to each person, so that their addresses and
fields are right; then values are changed, left out, doubled and made up. Views that
take a form nobody was shown are asked too. Settings as in test_fuzz_actions.py.
"""

from __future__ import annotations

import logging
import os
import random
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from ckan import model
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError, RequestRedirect

from tests.attacks.fuzz_judge import Judge
from tests.attacks.fuzz_openapi import WEIRD
from tests.attacks.test_fuzz_actions import CLOSED, LONG, SEED, account_token, things

__all__ = ["account_token"]

EXAMPLES = int(os.environ.get("EDUDATA_FUZZ", "1"))
PAGES = int(os.environ.get("EDUDATA_FUZZ_PAGES", "30"))
WHO = ("anonymous", "researcher", "compiler", "reviewer", *(("coordinator",) * LONG))
NOT_SENT = re.compile(r"_logout|/user/delete|/user/edit|api-tokens")
"""They end the account or session that asks."""

FIELDS = ("input", "select", "textarea", "button")


class Forms(HTMLParser):
    """Forms of a page: `[(method, action, {field: value})]`, and its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").lower()
            self.forms.append((method, given.get("action", ""), {}))
        elif tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"].split("#")[0])
        elif tag in FIELDS and self.forms and given.get("name"):
            self.forms[-1][2].setdefault(given["name"], given.get("value", ""))


class Walker:
    """One person's forms, one of each view."""

    def __init__(self, app: Any, headers: dict[str, str]) -> None:
        self.client, self.headers = app.flask_app.test_client(), headers
        self.routes: Any = app.flask_app.url_map.bind("test.ckan.net")

    def view(self, address: str, method: str) -> str:
        try:
            return self.routes.match(urlsplit(address).path, method=method.upper())[0]
        except RequestRedirect as error:
            return self.view(error.new_url, method)
        except HTTPException:
            return ""

    def forms(self, start: list[str], most: int) -> dict[tuple[str, str], Any]:
        """Follow links; `{(method, view): (address, fields)}`."""
        queue, seen = list(start), set()
        found: dict[tuple[str, str], Any] = {}
        while queue and len(seen) < most:
            here = queue.pop(0)
            view = self.view(here, "get")
            if not view or view in seen or view == "static":
                continue
            seen.add(view)
            answer = self.client.get(here, headers=self.headers)
            if answer.mimetype != "text/html" or answer.status_code >= 400:
                continue
            page = Forms(answer.get_data(as_text=True))
            queue += page.links
            for method, action, fields in page.forms:
                address = action or here
                if not NOT_SENT.search(address):
                    key = (method, self.view(address, method))
                    found.setdefault(key, (address, fields))
        return found

    def send(self, method: str, address: str, fields: Any) -> Any:
        options = {"data": fields} if method == "post" else {"query_string": fields}
        path = urlsplit(address)._replace(scheme="", netloc="").geturl()
        return self.client.open(
            path, method=method.upper(), headers=self.headers, **options
        )


def spoiled(fields: dict[str, str], chance: random.Random, known: list[Any]) -> Any:
    """The fields with some changed, left out, doubled or made up."""
    made: dict[str, Any] = {}
    for name, value in fields.items():
        way = chance.choice(("keep", "keep", "weird", "known", "drop", "twice"))
        if way == "drop":
            continue
        new = {"weird": chance.choice(WEIRD), "known": str(chance.choice(known))}
        made[name] = [value, new["weird"]] if way == "twice" else new.get(way, value)
    if chance.random() < 0.3:
        made[chance.choice(("a__0__b", "id", "__class__", "page", "save"))] = "9" * 30
    return {name: _sendable(value) for name, value in made.items()}


def _sendable(value: Any) -> Any:
    if isinstance(value, list):
        return [_sendable(each) for each in value]
    # A browser sends no half of a pair of surrogates.
    return value.encode("utf-8", "replace").decode()


def unseen(routes: Any, known: list[Any], seen: set[str], chance: random.Random) -> Any:
    """Addresses of views that take a form which nobody was shown."""
    for rule in routes.map.iter_rules():
        takes = "POST" in (rule.methods or ()) and rule.endpoint not in seen
        if not takes or rule.rule.startswith("/api/") or NOT_SENT.search(rule.rule):
            continue
        values: dict[str, Any] = {
            name: 1
            if "IntegerConverter" in type(converter).__name__
            else next(iter(getattr(converter, "items", ())), chance.choice(known))
            for name, converter in rule._converters.items()
        }
        try:
            yield rule.endpoint, routes.build(rule.endpoint, values, method="POST")
        except BuildError:
            continue


@pytest.mark.slow
@pytest.mark.promise(3)
@pytest.mark.clause("8.1.4.4 e")
def test_nonsense_to_every_form(leaky, app, account_token):
    logging.disable(logging.CRITICAL)
    known = [str(thing) for thing in things(leaky)]
    dataset = leaky.was_open["name"]
    start = ["/", "/desk", f"/dataset/{dataset}", "/user/login", "/user/reset"]
    start += [f"/entry/{leaky.entry_made['id']}", f"/organization/{leaky.bureau['id']}"]
    faults: dict[str, str] = {}
    seen: set[str] = set()
    chance = random.Random(SEED)

    def put(walker: Walker, who: str, view: str, method: str, to: str, data: Any):
        judge = Judge(CLOSED if who in ("anonymous", "stranger") else ())
        try:
            fault = judge.fault(walker.send(method, to, data))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
            place = error.__traceback__
            while place and place.tb_next:
                place = place.tb_next
            line = place and f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}"
            fault = f"{type(error).__name__} {str(error)[:120]} at {line}"
        model.Session.remove()
        if fault:
            faults.setdefault(f"{view}: {fault}", f"{who} {method} {to} {data!r:.300}")

    try:
        for who in WHO:
            headers = {}
            if who != "anonymous":
                headers = {"Authorization": account_token(getattr(leaky, who))}
            walker = Walker(app, headers)
            for (method, view), (to, fields) in walker.forms(start, PAGES).items():
                seen.add(view)
                for _ in range(EXAMPLES):
                    put(walker, who, view, method, to, spoiled(fields, chance, known))
        for who in ("stranger", "reviewer"):
            headers = {"Authorization": account_token(getattr(leaky, who))}
            walker = Walker(app, headers)
            for view, to in unseen(walker.routes, known, seen, chance):
                words = dict.fromkeys(("id", "reason", "words", "name", "save"), "x")
                put(walker, who, view, "post", to, spoiled(words, chance, known))
    finally:
        logging.disable(logging.NOTSET)
    told = [f"{fault}\n    {example}" for fault, example in sorted(faults.items())]
    assert not told, "\n".join(told)
    assert len(seen) > 20, sorted(seen)
