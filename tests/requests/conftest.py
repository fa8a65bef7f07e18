"""The requests room's fixtures are those of delivery: the one ends in the other."""

import pytest

from tests.delivery.conftest import (  # noqa: F401
    account_token,
    data,
    grant,
    request_granted,
    token,
)


@pytest.fixture
def visit(app, portal, account_token):  # noqa: F811
    """Makes a visitor: `get` and `post` as this person."""

    class Visitor:
        def __init__(self, user):
            key = account_token(user) if user else None
            self.headers = {"Authorization": key} if key else {}

        def get(self, path, **params):
            return app.get(
                path, query_string=params, headers=self.headers, follow_redirects=False
            )

        def post(self, path, **form):
            return app.post(
                path, data=form, headers=self.headers, follow_redirects=False
            )

    return Visitor
