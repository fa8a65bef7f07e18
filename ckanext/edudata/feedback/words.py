"""Words of notices and reports. Pure; texts are English message ids.

Notices name no person and no value: they say what kind of thing waits and where.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """``endpoint`` and ``keys``: the page to go to, its arguments from the notice."""

    subject: str
    text: str
    endpoint: str
    keys: dict[str, str]


KINDS = {
    "check_blocked": Kind(
        "Personal data found in a file",
        "The check has found what may be personal data: {entities}. The file is opened "
        "in no class until this is settled. The page of the check shows where, and "
        "the ways out.",
        "edudata_check.show",
        {"id": "entry", "resource_id": "object_id"},
    ),
    "check_unreadable": Kind(
        "A file could not be read",
        "The check could not read a file to its last cell. It is not opened until it "
        "has been read. The page of the check says what to do.",
        "edudata_check.show",
        {"id": "entry", "resource_id": "object_id"},
    ),
    "rows_held": Kind(
        "New data were not released by themselves",
        "Data came into an entry that releases by itself, and were not released; what "
        "is open stays as it is. The page of the entry says why, that of the check "
        "what was found and the ways out.",
        "edudata_check.show",
        {"id": "entry", "resource_id": "object_id"},
    ),
    "alarm": Kind(
        "Personal data reported in an open dataset",
        "Somebody reports personal data in a dataset that is open to all. Look at it "
        "now: with one click it is stopped at once.",
        "edudata_feedback.alarm",
        {"id": "object_id"},
    ),
    "recheck_found": Kind(
        "Renewed rules have found something in released data",
        "The check was run again with renewed rules over data of your unit that are "
        "released, and found something. Your desk shows what, and until when it is "
        "to be settled.",
        "edudata_desk.desk",
        {},
    ),
    "clearance_void": Kind(
        "What a release rests on has ended",
        "An exception or rule that released data of your unit rest on has ended. Your "
        "desk shows which data, and what to do.",
        "edudata_desk.desk",
        {},
    ),
}

#: What is reported, for the form; the order is the form's.
ALARM_KINDS = {
    "name": "Names of persons",
    "number": "ID, student or card numbers",
    "contact": "Telephone numbers, addresses or accounts",
    "health": "Health, poverty or family of persons",
    "picture": "Pictures or signatures of persons",
    "other": "Something else by which a person can be recognised",
}

STATES = {
    "open": "Waits for an answer",
    "stopped": "The dataset was stopped",
    "unfounded": "No personal data; the dataset stays open",
}
