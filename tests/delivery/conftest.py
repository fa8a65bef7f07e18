"""Fixtures of the delivery room's tests; the requests room's use them too."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest

from tests.delivery import conditional


@pytest.fixture
def data(portal: Any) -> Any:
    """A released conditional dataset."""
    return conditional.released(portal)


@pytest.fixture
def request_granted(portal: Any, data: Any) -> dict[str, Any]:
    """The researcher's application for `school` and `pupils`, granted."""
    return conditional.granted(portal, data)


@pytest.fixture
def grant(portal: Any, data: Any) -> dict[str, Any]:
    """The researcher's grant for `school` and `pupils`."""
    return conditional.given(portal, data)


@pytest.fixture
def token(portal: Any, grant: dict[str, Any]) -> str:
    """A token bound to the researcher's grant."""
    made = portal.act(
        "edudata_grant_token_create", portal.researcher, grant_id=grant["id"]
    )
    return made["token"]


@pytest.fixture
def account_token() -> Any:
    """Makes an ordinary token of a person, as CKAN does."""

    def make(user: dict[str, Any]) -> str:
        return tk.get_action("api_token_create")(
            {"ignore_auth": True}, {"user": user["name"], "name": "test"}
        )["token"]

    return make
