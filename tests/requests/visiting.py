"""A person at the pages, by a token of their account."""

from __future__ import annotations

from typing import Any


class Caller:
    def __init__(self, app: Any, token: str | None) -> None:
        self.app = app
        self.headers = {"Authorization": token} if token else {}

    def get(self, path: str) -> Any:
        return self.app.get(path, headers=self.headers, follow_redirects=False)

    def post(self, path: str, **form: Any) -> Any:
        return self.app.post(
            path, data=form, headers=self.headers, follow_redirects=False
        )
