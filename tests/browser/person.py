"""A person with a browser: logs in, clicks, reads; asks the API as scripts would."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ckan import model

PASSWORD = "Correct-Horse-9"


class Person:
    """One browser session, with the words that the test of a life needs."""

    def __init__(self, context: Any, user: dict[str, Any] | None) -> None:
        self.context = context
        self.page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.name = user["name"] if user else "public"
        if user:
            known = model.User.get(user["id"])
            assert known is not None
            known.password = PASSWORD
            model.Session.commit()
            self.go("/user/login")
            self.page.fill("#field-login", user["name"])
            self.page.fill("#field-password", PASSWORD)
            self.page.locator("main form button[type=submit]").click()
            self.page.locator(".edu-account__me").wait_for()

    def go(self, address: str) -> int:
        """Open a page; its status."""
        return self.page.goto(address).status

    def click(self, words: str, *, within: str = "main") -> None:
        """Click the link or button that says so."""
        place = self.page.locator(within)
        found = place.get_by_role("button", name=words, exact=True).or_(
            place.get_by_role("link", name=words, exact=True)
        )
        found.first.click()

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").fill(value)

    def choose(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"main select[name={name}]").select_option(value)

    def pick(self, name: str, value: str) -> None:
        """Choose a radio button or tick a box."""
        self.page.locator(f'main input[name="{name}"][value="{value}"]').check()

    def sees(self, words: str, *, within: str = "main", seconds: int = 30) -> None:
        """Wait until the words stand on the page, without a reload by the test."""
        self.page.locator(within).get_by_text(words).first.wait_for(
            timeout=seconds * 1000
        )

    def text(self, within: str = "main") -> str:
        return self.page.locator(within).first.inner_text()

    def ask(self, action: str, *, token: str = "", **query: Any) -> tuple[int, Any]:
        """Call the API with this session, or with a token and nothing else."""
        headers = {"Authorization": token} if token else {}
        answer = self.context.request.get(
            f"/api/3/action/{action}", params=query, headers=headers
        )
        return answer.status, answer.json()

    def shot(self, name: str) -> None:
        """Keep a picture where EDUDATA_SCREENSHOTS says."""
        folder = os.environ.get("EDUDATA_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            path = Path(folder) / f"{name}.png"
            self.page.screenshot(path=str(path), full_page=True)
