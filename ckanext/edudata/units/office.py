"""What may stand as the contact of an office: nothing that leads to a person. Pure.

Texts are English message ids.
"""

from __future__ import annotations

import re

_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_PHONE = re.compile(
    r"(?:\(?\+?86\)?[- ]?)?(?:\(?0?\d{2,3}\)?[- ]?)?\d{7,8}"
    r"(?:(?:转|-|ext\.?| )\d{1,6})?"
    r"|[48]00[- ]?\d{3,4}[- ]?\d{3,4}|\d{5}"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,20}"
)
#: Providers whose numeric names are the numbers of persons: QQ accounts and mobiles.
_NUMBERED = ("qq.com", "vip.qq.com", "foxmail.com", "139.com", "189.cn", "wo.cn")


def phone_problem(value: str) -> str | None:
    """Why this is no office telephone; several are parted by 、 , ; or /."""
    text = value.strip()
    if not text:
        return None
    if _MOBILE.search(text):
        return "A mobile belongs to a person; write the telephone of the office"
    parts = [part.strip() for part in re.split(r"[、,，;；/]", text)]
    if len(parts) > 3 or not all(_PHONE.fullmatch(part) for part in parts):
        return "Write the telephone like 021-23116666"
    return None


def email_problem(value: str) -> str | None:
    """Why this is no mail address of an office."""
    text = value.strip()
    if not text:
        return None
    if not _EMAIL.fullmatch(text):
        return "Write the mail address like office@example.edu.cn"
    name, _, host = text.lower().partition("@")
    if name.isdigit() and (host in _NUMBERED or re.fullmatch(r"1[3-9]\d{9}", name)):
        return "This address belongs to a person; write the one of the office"
    return None


def text_problem(value: str) -> str | None:
    """Why this may not stand as name or address of an office."""
    if _MOBILE.search(value):
        return "A mobile belongs to a person; write the telephone of the office"
    if re.search(r"(?<!\d)\d{17}[\dXx](?!\d)", value):
        return "A number of an ID card must not stand here"
    return None
