"""A person at the pages: logs in, reads, and sends forms as a browser does."""

from __future__ import annotations

import html
import re
from typing import Any

from ckan import model

PASSWORD = "Correct-Horse-9"


class Visitor:
    """One browser session. Without a user it is the anonymous public."""

    def __init__(self, app: Any, user: dict[str, Any] | None = None) -> None:
        self.client = app.flask_app.test_client()
        if user:
            known = model.User.get(user["id"])
            assert known is not None
            known.password = PASSWORD
            model.Session.commit()
            data = {"login": user["name"], "password": PASSWORD}
            answer = self.post("/user/login", data, page="/user/login")
            assert answer.status_code == 302, "the login was refused"

    def get(self, url: str, **options: Any) -> Any:
        return self.client.get(url, **options)

    def text(self, url: str) -> str:
        """The page's text; it must be there."""
        answer = self.get(url, follow_redirects=True)
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
        return html.unescape(answer.get_data(as_text=True))

    def post(
        self, url: str, data: dict[str, Any] | None = None, *, page: str | None = None
    ) -> Any:
        """Send a form of *page* (default: of the same address) with its token."""
        shown = self.client.get(page or url).get_data(as_text=True)
        token = re.search(r'name="_csrf_token"[^>]*value="([^"]+)"', shown)
        sent = {**(data or {}), **({"_csrf_token": token[1]} if token else {})}
        return self.client.post(url, data=sent)


def words(answer: Any) -> str:
    """The text of an answer, without entities."""
    return html.unescape(answer.get_data(as_text=True))
