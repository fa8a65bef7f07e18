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
    "security_review": Kind(
        "A security review waits",
        "Data of a grade that needs a security review were approved by a reviewer. Look "
        "at them, and pass or return them with your words.",
        "entry.read",
        {"id": "object_id"},
    ),
    "entry_returned": Kind(
        "A data resource was returned for correction",
        "A data resource of your unit was returned. Its page says what is to be "
        "corrected; then submit it again.",
        "entry.read",
        {"id": "object_id"},
    ),
    "structure_changed": Kind(
        "The structure of data has changed",
        "A data resource was submitted with other columns, types or rules than before. "
        "The comparison shows which. Agree with its compilers on what that means for "
        "tables, interfaces and users, and involve the data coordinator where a "
        "standard is touched.",
        "edudata_versions.compare",
        {"id": "object_id", "number": "version"},
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
    "open_list_waits": Kind(
        "The open list has changes to publish",
        "What your unit, or a unit you act for, has opened to society has changed. The "
        "next version of the open list is ready; look at it and publish it.",
        "edudata_open_list_desk.index",
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
