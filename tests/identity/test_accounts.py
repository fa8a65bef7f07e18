"""What everybody who has an account sees of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.visitors import Visitor


@pytest.mark.usefixtures("with_plugins")
def test_the_account_has_one_menu(portal: Any, app: Any) -> None:
    me = Visitor(app, portal.researcher)
    shown = me.text("/user/researcher")
    assert 'class="edu-account-menu"' in shown
    assert 'href="/user/researcher" aria-current="page"' in shown
    assert 'href="/notices/settings"' in shown
    assert 'class="edu-account-menu"' in me.text("/user/edit/researcher")
