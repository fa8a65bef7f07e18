"""Who is told of which step of an application, and by which kind of notice.

Pure. A kind's words stand in `feedback.words_requests`. Who gave a command is not told
of it, but for the applicant's submitting, of which they get a receipt.
"""

from __future__ import annotations

APPLICANT: dict[tuple[str, str], str] = {
    ("submit", "submitted"): "request_received",
    ("resubmit", "in_review"): "request_received_again",
    ("accept", "in_review"): "request_accepted",
    ("return", "returned"): "request_returned",
    ("lapse", "lapsed"): "request_lapsed",
    ("approve", "awaiting_consent"): "request_consenting",
    ("approve", "approved"): "request_approved",
    ("consent", "approved"): "request_approved",
    ("provision", "active"): "request_provisioned",
    ("refuse", "refused"): "request_refused",
    ("appeal", "mediation"): "request_mediating",
    ("send_back", "in_review"): "request_sent_back",
    ("escalate", "superior_review"): "request_escalated",
    ("uphold", "refused_for_good"): "request_upheld",
    ("overturn", "approved"): "request_overturned",
    ("overturn", "awaiting_consent"): "request_consenting",
    ("freeze", "frozen"): "request_frozen",
    ("unfreeze", "active"): "request_unfrozen",
    ("revoke", "revoked"): "request_revoked",
    ("expire", "expired"): "request_expired",
}
"""Kind for the applicant, by command and state reached. Not told: `withdraw` and `end`,
which are theirs, and what changes no state."""

AUTHORITY: dict[tuple[str, str], tuple[str, str]] = {
    ("submit", "submitted"): ("request_review", "review_new"),
    ("resubmit", "in_review"): ("request_review", "review_again"),
    ("lapse", "lapsed"): ("request_review", "review_lapsed"),
    ("approve", "awaiting_consent"): ("request_consent", "review_consent"),
    ("overturn", "awaiting_consent"): ("request_consent", "review_consent"),
    ("approve", "approved"): ("grant_provision", "review_provision"),
    ("consent", "approved"): ("grant_provision", "review_provision"),
    ("overturn", "approved"): ("grant_provision", "review_provision"),
    ("appeal", "mediation"): ("request_mediate", "review_appeal"),
    ("send_back", "in_review"): ("request_review", "review_back"),
    ("escalate", "superior_review"): ("superior", "review_superior"),
    ("uphold", "refused_for_good"): ("request_review", "review_decided"),
    ("withdraw", "withdrawn"): ("request_review", "review_withdrawn"),
    ("end", "ended"): ("request_review", "review_ended"),
    ("freeze", "frozen"): ("request_review", "review_held"),
    ("revoke", "revoked"): ("request_review", "review_held"),
}
"""Capacity (`states.WHO`) of those who are told, and the kind."""

PERSONS = {
    "provision": "grant_begun",
    "freeze": "grant_frozen",
    "unfreeze": "grant_unfrozen",
    "revoke": "grant_over",
    "end": "grant_over",
    "expire": "grant_over",
}
"""Kind for the people a body named, by command."""

ABOVE = frozenset({("refuse", "awaiting_consent"), ("overturn", "superior_review")})
"""Command and state left: decided in the owner's place, of which its reviewers hear."""

WAITING: dict[str, str] = {
    "submitted": "request_review",
    "in_review": "request_review",
    "awaiting_consent": "request_consent",
    "mediation": "request_mediate",
    "superior_review": "superior",
    "returned": "applicant",
    "refused": "applicant",
}
"""Capacity of those who are to act in a state, for reminders."""

NOT: dict[str, frozenset[str]] = {
    "request_consent": frozenset({"approve", "overturn", "refuse", "uphold"}),
    "request_review": frozenset({"refuse", "uphold"}),
    "superior": frozenset({"refuse", "uphold"}),
}
"""Commands that bar from a capacity's next one whoever gave them; a mediator is barred
by any."""
