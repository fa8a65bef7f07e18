"""Nonsense to every action: no failure, no look inside, no leak.

Short here; `python benchmarks/fuzz.py` for hours. EDUDATA_FUZZ is the number of calls
for each action and person, EDUDATA_FUZZ_SEED another beginning.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import schemathesis
from ckan import model
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.attacks import fuzz_openapi
from tests.attacks.fuzz_judge import Judge
from tests.delivery.conftest import account_token

__all__ = ["account_token"]

EXAMPLES = int(os.environ.get("EDUDATA_FUZZ", "2"))
SEED = int(os.environ.get("EDUDATA_FUZZ_SEED", "20261123"))
CLOSED = ("canaryvalue", "othercanary", "stoppedcanary", "stoppedother", "金丝雀")
LONG = "EDUDATA_FUZZ" in os.environ
WHO = ("anonymous", "stranger", "reviewer", *(("researcher", "coordinator") * LONG))
#: They end accounts and tokens that the test itself asks with.
ENDING = ("user_delete", "user_update", "user_patch", "api_token_revoke")


def things(leaky: Any) -> list[Any]:
    """References of what is there: open, conditional, closed, stopped; people."""
    return [
        leaky.entry_made["id"],
        leaky.entry_made["name"],
        leaky.resource["id"],
        leaky.conditional.resource_id,
        leaky.stopped,
        leaky.granted["id"],
        leaky.bureau["id"],
        leaky.bureau["name"],
        leaky.researcher["id"],
        leaky.compiler["name"],
        leaky.was_open["resources"][0]["id"],
    ]


def _generated(operation: Any, put: Callable[[Any], None]) -> None:
    """Put bodies that the fuzzer makes up of an operation's description."""

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        put(case.body)

    call()


@pytest.mark.slow
@pytest.mark.promise(3)
@pytest.mark.clause("8.1.4.4 e")
def test_nonsense_to_every_action(leaky, app, account_token):
    logging.disable(logging.CRITICAL)
    names = fuzz_openapi.actions()
    schema = schemathesis.openapi.from_dict(
        fuzz_openapi.description(names, things(leaky))
    )
    headers: dict[str, dict[str, str]] = {"anonymous": {}}
    for who in WHO[1:]:
        headers[who] = {"Authorization": account_token(getattr(leaky, who))}
    outside, inside = Judge(CLOSED), Judge(())
    client = app.flask_app.test_client()
    faults: dict[str, str] = {}

    def everybody(name: str, body: Any) -> None:
        for who in WHO:
            ask(name, who, body)

    def ask(name: str, who: str, body: Any) -> None:
        judge = outside if who in ("anonymous", "stranger") else inside
        answer = client.post(f"/api/3/action/{name}", json=body, headers=headers[who])
        model.Session.rollback()
        fault = judge.fault(answer)
        if fault:
            faults.setdefault(f"{name}: {fault}", f"{who} {body!r:.300}")

    try:
        for name in names:
            if name in ENDING:
                continue
            operation = schema[f"/api/3/action/{name}"]["POST"]

            _generated(operation, partial(everybody, name))
    finally:
        logging.disable(logging.NOTSET)
    told = [f"{fault}\n    {example}" for fault, example in sorted(faults.items())]
    assert not told, "\n".join(told)
