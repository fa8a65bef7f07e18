"""Who applies: what each kind of applicant tells (Art. 28). Pure.

A natural person, a legal person (法人) or an unincorporated body (非法人组织, Civil
Code Art. 13, 57, 102). Only what deciding and telling need: no identity numbers.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from ckanext.edudata.requests.forms import TOO_LONG, Problem
from ckanext.edudata.units import codes

KINDS = ("natural", "legal", "unincorporated")
BODIES = frozenset({"legal", "unincorporated"})

FIELDS = {
    "name": 200,
    "code": 18,
    "head": 100,
    "affiliation": 200,
    "contact": 100,
    "telephone": 40,
    "mail": 254,
    "address": 300,
}
"""What is asked, in the order of the form, and the most characters of each."""

IDENTITY = ("kind", "name", "code")
"""Who it is that applies; the rest is how to reach them."""

ASKED = {
    "natural": ("name", "affiliation", "telephone", "mail", "address"),
    "legal": ("name", "code", "head", "contact", "telephone", "mail", "address"),
    "unincorporated": (
        *("name", "code", "head", "contact", "telephone", "mail", "address"),
    ),
}
NEEDED = {
    "natural": frozenset({"name", "telephone", "mail"}),
    "legal": frozenset(ASKED["legal"]),
    "unincorporated": frozenset(ASKED["unincorporated"]) - {"code"},
}

_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(?:-\d{1,6})?")
_ABROAD = re.compile(r"\+\d{1,3}[- ]?\d[\d -]{4,18}\d")
_MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)


def clean(given: dict[str, Any]) -> tuple[dict[str, str], dict[str, Problem]]:
    """A profile `{kind, <field>: words}`, and what is wrong with it by field.

    Fields that this kind of applicant is not asked for are left out.
    """
    kind = given.get("kind")
    if kind not in KINDS:
        return {}, {"kind": Problem("Say who applies.")}
    profile = {"kind": str(kind)}
    problems: dict[str, Problem] = {}
    for name in ASKED[kind]:
        words = _words(name, given.get(name))
        profile[name] = words
        problem = _problem(name, words, name in NEEDED[kind])
        if problem:
            problems[name] = problem
    return profile, problems


def _words(name: str, given: Any) -> str:
    words = str(given or "").strip()
    if name in ("code", "telephone", "mail"):
        # Full-width letters and digits, as Chinese keyboards type them.
        words = unicodedata.normalize("NFKC", words)
    if name == "code":
        words = re.sub(r"[\s-]", "", words).upper()
    return words


def _problem(name: str, words: str, needed: bool) -> Problem | None:
    if not words:
        return Problem("Missing value") if needed else None
    if len(words) > FIELDS[name]:
        return Problem(TOO_LONG, {"most": FIELDS[name], "now": len(words)})
    if _INVISIBLE.search(words):
        return Problem("Contains invisible characters; type it anew")
    if name == "code" and not codes.is_credit_code(words):
        return Problem(
            "This is no unified social credit code: 18 characters, the last one a "
            "check character. Compare it with the certificate."
        )
    if name == "telephone" and not _is_telephone(words):
        return Problem(
            "Give a telephone number as 13800000000, 021-00000000 or, from abroad, "
            "+852 0000 0000."
        )
    if name == "mail" and not _MAIL.fullmatch(words):
        return Problem("Give a mail address as name@example.edu.cn.")
    return None


def _is_telephone(words: str) -> bool:
    plain = words.replace(" ", "")
    return bool(
        _MOBILE.fullmatch(plain)
        or _LANDLINE.fullmatch(plain)
        or _ABROAD.fullmatch(words)
    )
