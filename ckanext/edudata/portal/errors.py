"""Words of the error pages: what happened and what can be done."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.exceptions import default_exceptions

KNOWN = (400, 401, 403, 404, 405, 413, 429, 500)


def _words() -> dict[int, tuple[str, str]]:
    return {
        400: (
            tk._("This request was not understood"),
            tk._(
                "Go back and try once more. If the form had been open for long, "
                "reload it first."
            ),
        ),
        401: (tk._("Log in first"), tk._("This page is for people who are logged in.")),
        403: (
            tk._("You have no access to this page"),
            tk._(
                "Log in with an account that has the role for it, or ask the "
                "coordinator of your unit to give you the role."
            ),
        ),
        404: (
            tk._("This page does not exist"),
            tk._(
                "The address may be mistyped, or the page is not public. Look for "
                "the data by a search."
            ),
        ),
        405: (
            tk._("This cannot be done here"),
            tk._("Go back to the page before and use its buttons."),
        ),
        413: (
            tk._("The file is too large"),
            tk._("Split the file into parts and upload them one by one."),
        ),
        429: (
            tk._("Too many requests"),
            tk._("Wait a minute and try once more."),
        ),
        500: (
            tk._("The portal could not answer"),
            tk._(
                "Nothing you entered before has been lost. Try again in a few "
                "minutes; if it happens again, tell the portal's operator the time "
                "and what you were doing."
            ),
        ),
    }


def words(code: Any, content: Any) -> dict[str, str]:
    """Heading, the sentence that came with the error, and the way out.

    :param code: HTTP status; CKAN gives `[500]` for what it did not expect
    :param content: description of the error
    :returns: `{heading, said, advice}`
    """
    number = code[0] if isinstance(code, list) else code
    try:
        number = int(number)
    except (TypeError, ValueError):
        number = 500
    nearest = number if number in KNOWN else 400 if number < 500 else 500
    heading, advice = _words()[nearest]
    standard = default_exceptions.get(number)
    said = str(content or "").strip()
    if (number >= 500 and number != 503) or (
        standard and said == (standard.description or "").strip()
    ):
        said = ""
    return {"heading": heading, "said": said, "advice": advice}
