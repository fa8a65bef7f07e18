"""Walking through the portal's pages and listening for what the policy refuses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

LISTEN = """
document.addEventListener("securitypolicyviolation", (event) => {
  window.edudataRefused(
    `${event.violatedDirective} ${event.blockedURI} ${event.sample}`
    + ` ${event.sourceFile}:${event.lineNumber}`);
});
"""
LINKS = "[...document.links].map((link) => link.href)"
#: Ends a session or begins a download; not a page.
NO_PAGE = re.compile(
    r"download|/dump/|/export$|\.(csv|xlsx|json|atom|rdf|ttl|xml|jsonld|py)$|_logout"
)

REFUSED = 2
"""An address that two people are refused is tried by others only where a link leads."""
OWN = ("/desk",)
"""Each person has another one."""


class Source(HTMLParser):
    """What a page's own text has that only `unsafe-inline` would let run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            plain = re.sub(r"\s", "", value).lower()
            if (
                name == "style"
                or name.startswith(("on", "hx-on"))
                or plain.startswith("javascript:")
                or (name == "hx-vals" and plain.startswith("js:"))
            ):
                self.found.append(f"<{tag} {name}={value[:60]!r}>")
        runs = given.get("type", "text/javascript") not in ("application/ld+json",)
        if tag == "style" or (tag == "script" and runs and "src" not in given):
            self.found.append(f"<{tag}>")


class Walk:
    """Each kind of page (each route) as each person, in a real browser.

    :param most: how often one route is looked at, by whomever
    """

    def __init__(self, routes: Any, most: int) -> None:
        self.routes, self.most = routes.bind("127.0.0.1"), most
        self.seen: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.faults: list[str] = []

    def route(self, address: str) -> str:
        """Name of the view that answers at an address of ours; empty for none."""
        path = urlsplit(address).path
        if NO_PAGE.search(path):
            return ""
        try:
            return self.routes.match(re.sub(r"^/en(?=/|$)", "", path) or "/")[0]
        except RequestRedirect as error:
            return self.route(error.new_url)
        except HTTPException:
            return ""

    def addresses(self) -> list[str]:
        """Of all pages that need nothing to be named."""
        rules = self.routes.map.iter_rules()
        plain = {x.rule for x in rules if not x.arguments and "GET" in x.methods}
        return sorted(rule for rule in plain if self.route(rule))

    def listen(self, context: Any, who: str) -> None:
        """Note what is refused in any page of a browser session."""

        def refused(source: dict[str, Any], words: str) -> None:
            self.faults.append(f"{who} {source['page'].url}: {words}")

        context.expose_binding("edudataRefused", refused)
        context.add_init_script(LISTEN)

    def through(self, person: Any, who: str, start: Iterable[str]) -> int:
        """Follow links from *start*; how many pages were looked at."""
        page, base, here = person.page, person.base, ""
        page.on("console", lambda told: self._console(told, f"{who} {here}"))
        page.on("pageerror", lambda error: self.faults.append(f"{who} {here} {error}"))
        first = [base + address for address in start]
        queue, mine, looked = list(first), set(), 0
        tried = {address for address in first if self.refused[address] >= REFUSED}
        while queue:
            here = queue.pop(0)
            name = self.route(here)
            known = self.seen[name] >= self.most and not here.endswith(OWN)
            if not name or name in mine or known or here in tried:
                continue
            mine.add(name)
            try:
                answer = page.goto(here)
            except Error as error:
                # A file to be saved, under an address like a page's.
                assert "Download is starting" in error.message, here  # noqa: PT017
                continue
            if answer is None or "text/html" not in answer.headers["content-type"]:
                continue
            # Refusals are pages too; they count for none.
            self.seen[name] += answer.status < 400
            self.refused[here] += answer.status >= 400
            looked += 1
            self.faults += [f"{who} {here}: {x}" for x in Source(answer.text()).found]
            found = page.evaluate(LINKS)
            queue += [link.split("#")[0] for link in found if link.startswith(base)]
        return looked

    def _console(self, told: Any, where: str) -> None:
        # Chromium itself reports a page of an error as an error.
        if told.type == "error" and "status of 40" not in told.text:
            self.faults.append(f"{where}: {told.text}")
