"""Words of applicants, people named and attachments. Pure; English message ids."""

from __future__ import annotations

KINDS = {
    "natural": "Natural person",
    "legal": "Legal person",
    "unincorporated": "Unincorporated body",
}
KIND_HINTS = {
    "natural": "You apply for yourself, as a researcher or citizen.",
    "legal": "Companies, universities, institutes, foundations: bodies with a legal "
    "personality of their own.",
    "unincorporated": "Partnerships, branches, sole proprietorships and others without "
    "one.",
}

LABELS = {
    "kind": "Who applies",
    "name": "Name",
    "code": "Unified social credit code",
    "head": "Legal representative or person responsible",
    "affiliation": "Where you work or study",
    "contact": "Contact person",
    "telephone": "Telephone",
    "mail": "Mail address",
    "address": "Postal address",
}
BY_KIND = {
    "name": {"natural": "Your name", "body": "Name of the body"},
    "head": {"legal": "Legal representative", "unincorporated": "Person responsible"},
}
"""Labels that differ with who applies."""

HINTS = {
    "name": "As in the certificate, in full.",
    "code": "The 18 characters on the certificate.",
    "contact": "Who is called or written to about applications.",
    "mail": "Read only by those who decide. Notices go to the address of your account.",
}

AUTOCOMPLETE = {"telephone": "tel", "mail": "email", "address": "street-address"}

LOOKS = {"profile": "Profile", "persons": "People named", "attachment": "Attachment"}

PERSON_STATES = {
    "invited": "Asked, no answer yet",
    "confirmed": "Confirmed",
    "declined": "Declined",
    "ended": "Ended",
}
PERSON_TONES = {"invited": "warning", "confirmed": "success", "declined": "danger"}
