"""The requests room's fixtures are those of delivery: the one ends in the other."""

from tests.delivery.conftest import (  # noqa: F401
    account_token,
    data,
    grant,
    request_granted,
    token,
)
