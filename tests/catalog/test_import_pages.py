"""Pages of sheets and templates, as a browser asks for them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.visitors import Visitor

pytestmark = pytest.mark.article(16)


def test_the_workbook_is_a_download(portal: Any, app: Any) -> None:
    portal.entry()
    answer = Visitor(app, portal.compiler).get("/imports/sheet.xlsx?unit=xh&below=true")
    assert answer.status_code == 200
    named = answer.headers["Content-Disposition"]
    assert named.startswith("attachment")
    # As a server sends it: Chinese names are encoded.
    assert named.isascii()
    assert answer.data[:2] == b"PK"
