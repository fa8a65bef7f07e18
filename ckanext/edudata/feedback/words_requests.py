"""Words of what applicants and those who decide are told of an application.

Pure: English message ids with `{number}` of the application and `{due}`, a day. Why
something was decided stands on the application's page and is not mailed: words are
typed by people, and may name somebody.
"""

from __future__ import annotations

_WHY = "Its page says why."

APPLICANT = {
    "request_received": (
        "Your application was submitted",
        "Application {number} is with the data owner, who says by {due} whether it is "
        "accepted for review. You need do nothing until then.",
    ),
    "request_received_again": (
        "Your corrected application was submitted",
        "Application {number} is in review again; the data owner decides by {due}. The "
        "days that the review had taken before count.",
    ),
    "request_accepted": (
        "Your application was accepted for review",
        "Application {number} is in review; the data owner decides by {due}. You need "
        "do nothing until then.",
    ),
    "request_returned": (
        "Your application was returned to be corrected",
        "Application {number} was returned. Its page says what is to be corrected. "
        "Correct it and submit it again by {due}, or it lapses.",
    ),
    "request_answer_soon": (
        "Reminder: your application is to be corrected",
        "Application {number} waits to be corrected. Submit it again by {due}, or it "
        "lapses. Its page says what is to be corrected.",
    ),
    "request_lapsed": (
        "Your application has lapsed",
        "Application {number} was not corrected in time. You may apply again at any "
        "time.",
    ),
    "request_consenting": (
        "The data owner has approved your application",
        "Application {number} was approved by the data owner. A coordinator consents "
        "by {due}, since it asks for a copy. You need do nothing until then.",
    ),
    "request_approved": (
        "Your application was approved",
        "Application {number} was approved and is being set up. You are told as soon "
        "as you can read the data.",
    ),
    "request_provisioned": (
        "You may read the data now",
        "Application {number} was granted and is in use until {due}. Its page says "
        "what was granted; My grants says how the data are read. They may be used for "
        "the purpose you named and nothing else.",
    ),
    "request_refused": (
        "Your application was refused",
        "Application {number} was refused. Its page says why. You may ask for a review "
        "of the decision until {due}.",
    ),
    "request_appeal_soon": (
        "Reminder: until when you may ask for a review",
        "You may ask for a review of the refusal of application {number} until {due}; "
        "afterwards it stands.",
    ),
    "request_mediating": (
        "Your request for a review has arrived",
        "The refusal of application {number} is being reviewed. A coordinator who had "
        "no part in it mediates by {due}.",
    ),
    "request_sent_back": (
        "Your application is in review again",
        "The coordinator has sent application {number} back with an opinion. Somebody "
        "who did not refuse it decides by {due}.",
    ),
    "request_escalated": (
        "The superior authority decides on your application",
        "Application {number} was passed on to the superior authority, which decides "
        "by {due}.",
    ),
    "request_upheld": (
        "The refusal of your application was upheld",
        "The refusal of application {number} was upheld. Its page says why. You may "
        "apply again at any time with another purpose or for fewer data.",
    ),
    "request_overturned": (
        "Your application was granted after review",
        "The refusal of application {number} was overturned. You are told as soon as "
        "you can read the data.",
    ),
    "request_frozen": (
        "Your use of data was frozen",
        "Nothing can be read under application {number} for now. Its page says why, "
        "and the data owner answers questions about it.",
    ),
    "request_unfrozen": (
        "Your use of data goes on",
        "The data of application {number} can be read again, until {due}.",
    ),
    "request_revoked": (
        "Your use of data was revoked",
        "Nothing can be read under application {number} any more. Its page says why, "
        "and what is to become of data that you have taken.",
    ),
    "request_expires": (
        "Your use of data ends soon",
        "The use granted on application {number} ends on {due}. To go on, file the "
        "report of use and apply for renewal before that day.",
    ),
    "request_expired": (
        "Your use of data is over",
        "The period granted on application {number} is over; nothing can be read any "
        "more. To go on reading the data, apply again.",
    ),
    "request_late": (
        "The decision on your application is late",
        "Application {number} should have been answered by {due}. The coordinator was "
        "told. You need do nothing.",
    ),
    "request_due_changed": (
        "A date has changed",
        "Holidays were announced or a period was changed: the date of application "
        "{number} is now {due}.",
    ),
    "request_commented": (
        "A message about your application",
        "The data owner has written to you on the page of application {number}. You "
        "can answer there.",
    ),
}

#: For the people a body named, who read the data and do not see the application.
PERSONS = {
    "grant_begun": (
        "You may read the data now",
        "Application {number}, in which you were named, was granted. My grants says "
        "how the data are read. They may be used for the purpose named and nothing "
        "else.",
    ),
    "grant_frozen": (
        "A use of data was frozen",
        "Nothing can be read under application {number} for now. Ask the body that "
        "named you why.",
    ),
    "grant_unfrozen": (
        "A use of data goes on",
        "The data of application {number} can be read again.",
    ),
    "grant_over": (
        "A use of data is over",
        "Nothing can be read under application {number} any more. Ask the body that "
        "named you what is to become of what you have taken.",
    ),
}

#: Somebody is to act, and until it is done the notice stands.
DUTIES = {
    "review_new": (
        "An application waits to be accepted",
        "Application {number} asks for conditional data of your unit. Accept, return "
        "or refuse it by {due}.",
    ),
    "review_again": (
        "A corrected application waits for a decision",
        "Application {number} was corrected and submitted again. Decide by {due}; the "
        "days taken before the return count.",
    ),
    "review_assigned": (
        "An application was assigned to you",
        "Application {number} was assigned to you. It is to be answered by {due}.",
    ),
    "review_consent": (
        "An approval waits for your consent",
        "The data owner has approved application {number}, which asks for a copy. "
        "Consent or refuse by {due}.",
    ),
    "review_provision": (
        "An approved application waits to be set up",
        "Application {number} was approved. Set it up, so that the applicant can read "
        "the data.",
    ),
    "review_appeal": (
        "A refusal is to be mediated",
        "The applicant asks for a review of the refusal of application {number}. Send "
        "it back with an opinion or pass it on by {due}.",
    ),
    "review_back": (
        "An application is to be reviewed once more",
        "A coordinator has sent application {number} back with an opinion. Somebody "
        "who did not refuse it decides by {due}.",
    ),
    "review_superior": (
        "A refusal waits for your decision",
        "The refusal of application {number} by a unit below yours was passed on to "
        "you. Uphold or overturn it by {due}.",
    ),
    "review_soon": (
        "Reminder: an application is due",
        "Application {number} is to be answered by {due}.",
    ),
    "review_overdue": (
        "An application is overdue",
        "Application {number} should have been answered by {due}. The coordinator was "
        "told. Answer it now.",
    ),
    "review_overdue_coordinator": (
        "An application at a unit is overdue",
        "Application {number} should have been answered by {due}. Ask the data owner "
        "to answer it; some days later the superior authority is told.",
    ),
    "review_overdue_superior": (
        "An application at a unit below stays overdue",
        "Application {number} should have been answered by {due}, and its coordinator "
        "was told. You may decide it in the owner’s place.",
    ),
}

#: For those who decide, to be known only.
NEWS = {
    "review_due_changed": (
        "The date of an application has changed",
        "Holidays were announced or a period was changed: application {number} is to "
        "be answered by {due}.",
    ),
    "review_withdrawn": (
        "An application was withdrawn",
        "The applicant has withdrawn application {number}. Nothing is left to be done.",
    ),
    "review_lapsed": (
        "An application has lapsed",
        "Application {number} was not corrected in time. Nothing is left to be done.",
    ),
    "review_ended": (
        "A use of data was ended by the applicant",
        "The applicant of {number} does not read the data any more.",
    ),
    "review_decided": (
        "An application of your unit was decided by others",
        f"On application {{number}} the coordinator or the superior authority has "
        f"decided. {_WHY}",
    ),
    "review_held": (
        "A use of data of your unit was frozen or revoked",
        f"Nothing can be read under application {{number}} for now, or any more. "
        f"{_WHY}",
    ),
    "review_commented": (
        "A message of an applicant",
        "The applicant has written on the page of application {number}.",
    ),
}
