"""Synthetic applicants, one of each kind, and what must be found nowhere else."""

from __future__ import annotations

from typing import Any

from faker import Faker

_FAKE = Faker("zh_CN")
_FAKE.seed_instance(20260102)

NAME = _FAKE.name()
TELEPHONE = _FAKE.phone_number()
MAIL = "canary.8f31@example.edu.cn"
ADDRESS = _FAKE.address()

NATURAL = {
    "kind": "natural",
    "name": NAME,
    "affiliation": "示例大学教育学院",
    "telephone": TELEPHONE,
    "mail": MAIL,
    "address": ADDRESS,
}
BODY = {
    "kind": "legal",
    "name": "示例教育研究院",
    "head": _FAKE.name(),
    "contact": NAME,
    "telephone": "021-64310000",
    "mail": MAIL,
    "address": ADDRESS,
}
CANARIES = (NAME, TELEPHONE, MAIL, ADDRESS)
"""Words that must never stand in a row, a log, a list or an address."""


def credit_code() -> str:
    """A code with its check character (GB 32100-2015)."""
    from ckanext.edudata.units.codes import is_credit_code

    for last in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        if is_credit_code("91310104MA1FR8J93" + last):
            return "91310104MA1FR8J93" + last
    raise AssertionError


BODY["code"] = credit_code()


def keep(portal: Any, user: Any, profile: dict[str, str]) -> dict[str, Any]:
    """Have a person fill in their profile."""
    return portal.act("edudata_applicant_update", user, **profile)
