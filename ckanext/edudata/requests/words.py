"""What a state means and who acts next, in plain words.

Pure: English message ids, with `%(due)s` for the day by which somebody should act.
"""

from __future__ import annotations

TO_APPLICANT = {
    "draft": "Nobody else sees it yet. Fill in the form and submit it.",
    "submitted": "The data owner says by %(due)s whether it is accepted for review.",
    "in_review": "The data owner decides by %(due)s.",
    "returned": "Correct it and submit it again by %(due)s, or it lapses.",
    "awaiting_consent": "Approved; a coordinator consents by %(due)s.",
    "approved": "Approved; a technician sets it up.",
    "active": "You may read the data. Your grant and how to use it: see My grants.",
    "frozen": "Held for now: nothing can be read. The reason is below.",
    "refused": "The reason is below. You may ask for a review until %(due)s.",
    "mediation": "A coordinator who had no part in it mediates by %(due)s.",
    "superior_review": "The superior authority decides by %(due)s.",
    "refused_for_good": "The refusal was upheld. The reason is below.",
    "withdrawn": "You withdrew it. You may apply again at any time.",
    "lapsed": "It was not corrected in time. You may apply again at any time.",
    "revoked": "Revoked: nothing can be read any more. The reason is below.",
    "expired": "The period is over. To go on reading the data, apply again.",
    "ended": "You ended the use. You may apply again at any time.",
}

TO_AUTHORITY = {
    "submitted": "To be accepted, returned or refused by %(due)s.",
    "in_review": "To be decided by %(due)s.",
    "returned": "With the applicant until %(due)s.",
    "awaiting_consent": "A coordinator's consent is due by %(due)s.",
    "approved": "To be set up by a technician.",
    "active": "The applicant reads the data.",
    "frozen": "Nothing can be read until it is unfrozen.",
    "refused": "The applicant may ask for a review until %(due)s.",
    "mediation": "A coordinator without part mediates by %(due)s.",
    "superior_review": "The superior authority decides by %(due)s.",
}

DONE = {
    "update": "Saved. Submit the application when it is complete.",
    "submit": "Submitted. You find the application here and under My applications.",
    "accept": "Accepted for review.",
    "return": "Returned to the applicant.",
    "resubmit": "Submitted again.",
    "approve": "Approved.",
    "consent": "Consented.",
    "refuse": "Refused. The applicant may ask for a review.",
    "provision": "Set up: the applicant may read the data now.",
    "freeze": "Frozen: nothing can be read for now.",
    "unfreeze": "Unfrozen: the applicant may read the data again.",
    "revoke": "Revoked: nothing can be read any more.",
    "end": "Ended: nothing can be read any more.",
    "withdraw": "Withdrawn.",
    "appeal": "A review was asked for.",
    "send_back": "Sent back for another review.",
    "escalate": "Passed on to the superior authority.",
    "uphold": "Upheld.",
    "overturn": "Overturned.",
    "renew": "The renewal is a draft now: look it through and submit it.",
    "comment": "The note is kept.",
    "assign": "Assigned.",
}
"""Said to whoever gave the command."""


TONES = {
    **dict.fromkeys(("submitted", "in_review", "mediation"), "primary"),
    **dict.fromkeys(("awaiting_consent", "superior_review", "approved"), "primary"),
    "active": "success",
    **dict.fromkeys(("returned", "frozen"), "warning"),
    **dict.fromkeys(("refused", "refused_for_good", "revoked"), "danger"),
}
"""Look of a state's tag; others are grey."""


def meaning(state: str, applicant: bool) -> str:
    """What the state means to this reader; empty where nothing is to be said."""
    return (TO_APPLICANT if applicant else TO_AUTHORITY).get(state, "")
