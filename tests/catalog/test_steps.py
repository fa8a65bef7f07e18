"""Where an entry stands, and what differs: pure, no database."""

import pytest

from ckanext.edudata.catalog import states, steps


@pytest.mark.parametrize(
    ("state", "files", "checked", "current"),
    [
        ("draft", 0, False, 0),
        ("draft", 1, False, 1),
        ("draft", 1, True, 2),
        ("submitted", 1, True, 2),
        ("approved", 1, True, 3),
    ],
)
def test_one_step_is_current(state, files, checked, current):
    line = steps.line(state, files=files, checked=checked)
    assert [step.status for step in line].index("current") == current
    assert all(step.status == "done" for step in line[:current])
    assert all(step.status == "waiting" for step in line[current + 1 :])


def test_released_is_all_done_and_returned_leads_back():
    done = steps.line("released", files=1, checked=True)
    assert {step.status for step in done} == {"done"}
    back = steps.line("returned", files=1, checked=True)
    assert [step.status for step in back] == ["back", "waiting", "waiting", "waiting"]


@pytest.mark.parametrize("state", states.LABELS)
def test_every_state_has_its_line(state):
    assert len(steps.line(state, files=1, checked=True)) == 4


def test_the_description_is_checked_too():
    done, running = {"state": "done"}, {"state": "running"}
    files = [{"id": "f"}]
    assert steps.is_checked(files, {"f": done, "e": done}, "e")
    assert not steps.is_checked(files, {"f": done, "e": running}, "e")
    assert not steps.is_checked(files, {"e": done}, "e")
