"""Words for what the trail records. Pure; labels are English message ids."""

from __future__ import annotations

ACTIONS = {
    "entry_create": "Entry created",
    "entry_update": "Entry changed",
    "entry_submit": "Entry submitted",
    "entry_return": "Entry returned",
    "entry_approve": "Entry approved",
    "check": "Personal-data check",
    "classified_purge": "Classified file removed",
    "desensitize": "Desensitized data made",
    "release": "Released to society",
    "stop": "Opening stopped",
    "role_give": "Role given",
    "role_end": "Role ended",
    "request_create": "Application begun",
    "request_submit": "Application submitted",
    "request_accept": "Application accepted for review",
    "request_return": "Application returned",
    "request_resubmit": "Application submitted again",
    "request_approve": "Application approved",
    "request_consent": "Consent given",
    "request_refuse": "Application refused",
    "request_provision": "Grant carried out",
    "request_freeze": "Grant frozen",
    "request_unfreeze": "Grant unfrozen",
    "request_revoke": "Grant revoked",
    "request_end": "Use ended",
    "request_withdraw": "Application withdrawn",
    "request_appeal": "Reconsideration asked for",
    "request_send_back": "Sent back with an opinion",
    "request_escalate": "Handed to the superior authority",
    "request_uphold": "Refusal upheld",
    "request_overturn": "Refusal overturned",
    "grant_create": "Grant made",
    "grant_freeze": "Grant frozen",
    "grant_unfreeze": "Grant unfrozen",
    "grant_revoke": "Grant revoked",
    "grant_end": "Use ended",
    "grant_token_create": "Token of a grant made",
    "grant_token_end": "Token of a grant ended",
    "token_use": "Token used elsewhere",
    "delivery": "Data delivered",
}

OUTCOMES = {"done": "Done", "denied": "Denied", "failed": "Failed"}

OBJECTS = {
    "entry": "Entry",
    "dataset": "Open dataset",
    "resource": "File",
    "user": "Person",
    "request": "Application",
    "grant": "Grant",
    "token": "Token",
}
