"""Reasons of decisions: what figures count, and words to begin from.

Pure. Texts are English message ids. A unit may add templates of its own, each for one
of these codes; the words that a reviewer then writes are theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

OTHER = "other"


@dataclass(frozen=True)
class Reason:
    code: str
    label: str
    words: str = ""


_REFUSED = (
    Reason(
        "purpose",
        "The purpose is not one the conditions allow",
        "The purpose stated does not meet the conditions under which these data are "
        "open.",
    ),
    Reason(
        "security",
        "The security measures do not suffice",
        "The security measures described do not suffice for data of this grade. "
        "Missing are: ",
    ),
    Reason(
        "excess",
        "More is asked for than the purpose needs",
        "The fields and rows asked for go beyond what the purpose needs, and the "
        "purpose cannot be met with less.",
    ),
    Reason(
        "risk",
        "Persons could be singled out",
        "Together with other data, persons could be singled out in what is asked for.",
    ),
    Reason(
        "record",
        "Terms of use were broken before",
        "Terms of use of an earlier grant were broken, and this was not mended.",
    ),
    Reason(
        "available",
        "The purpose can be met with open data",
        "The purpose can be met with data that are open without conditions: ",
    ),
    Reason(OTHER, "Another reason"),
)
_STOPPED = (
    Reason(
        "purpose_left",
        "Used for another purpose",
        "The data are used for another purpose than the one they were granted for.",
    ),
    Reason(
        "passed_on",
        "Passed on without consent",
        "The data were passed on without the consent that Article 31 asks for.",
    ),
    Reason(
        "leak",
        "A leak, or the danger of one",
        "There is a leak, or the danger of one. The data are not used until it is "
        "clear what happened.",
    ),
    Reason(
        "report",
        "The report of use was not filed",
        "The report of use was due and was not filed.",
    ),
    Reason(
        "faulty",
        "The data are faulty or recalled",
        "The data have turned out to be faulty. They are not to be used any more.",
    ),
    Reason(OTHER, "Another reason"),
)
_NARROWED = (
    Reason(
        "fields",
        "Fields that the purpose does not need",
        "Granted are the fields that the purpose stated needs. Left out are: ",
    ),
    Reason(
        "rows",
        "Rows that the purpose does not need",
        "Granted are the rows that the purpose stated needs.",
    ),
    Reason(
        "period",
        "A shorter period suffices",
        "A shorter period suffices for the purpose stated. A renewal can be asked for "
        "before it ends.",
    ),
    Reason(
        "way",
        "By the interface only",
        "The purpose can be met by the interface; no copy leaves the platform.",
    ),
    Reason(
        "load",
        "A quota keeps the service usable for all",
        "The quota keeps the service usable for all.",
    ),
    Reason(OTHER, "Another reason"),
)
_RETURNED = (
    Reason(
        "purpose_unclear",
        "Purpose or scenario is unclear",
        "Describe in more detail what the data are for and how they are worked with.",
    ),
    Reason(
        "fields_unclear",
        "It is unclear why fields are needed",
        "Say for each field why the purpose needs it, or leave it out: ",
    ),
    Reason(
        "security_unclear",
        "Security measures are unclear",
        "Describe where the data are kept, who can get at them and when they are "
        "deleted.",
    ),
    Reason(
        "papers",
        "Attachments or the stamped page are missing",
        "Missing or not readable are: ",
    ),
    Reason(
        "identity",
        "The applicant cannot be verified",
        "The particulars of the applicant do not agree with the proof. Correct: ",
    ),
    Reason(OTHER, "Another reason"),
)

REASONS: dict[str, tuple[Reason, ...]] = {
    "return": _RETURNED,
    "refuse": _REFUSED,
    "uphold": _REFUSED,
    "approve": _NARROWED,
    "overturn": _NARROWED,
    "freeze": _STOPPED,
    "revoke": _STOPPED,
}
"""By the command that they are given with."""

EDITABLE = ("return", "refuse", "approve", "freeze", "revoke")
"""Commands for which a unit may have templates of its own; `uphold` and `overturn`
take those of `refuse` and `approve`."""

LIKE = {"uphold": "refuse", "overturn": "approve"}


def find(command: str, code: str) -> Reason | None:
    """The reason of that code for a command."""
    return next((one for one in REASONS.get(command, ()) if one.code == code), None)


def label(command: str, code: str | None) -> str:
    """What a code says, as a message id; empty for none."""
    found = find(command, code or "")
    return found.label if found else ""
