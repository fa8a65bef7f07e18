"""Words of the trail, in the reader's language."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.edudata.audit import words


def edudata_audit_action(code: str) -> str:
    """What happened. A denied write into an open dataset carries CKAN's own name."""
    if code in words.ACTIONS:
        return tk._(words.ACTIONS[code])
    return tk._("Other: {code}").format(code=code)


def edudata_audit_outcome(code: str) -> str:
    """How it ended."""
    return tk._(words.OUTCOMES.get(code, code))


def edudata_audit_object(code: str) -> str:
    """What it was done to."""
    return tk._(words.OBJECTS.get(code, code))


def edudata_person_name(user_id: str | None) -> str:
    """Name of a person on record, for those who read the trail."""
    if not user_id:
        return tk._("System")
    user = model.User.get(user_id)
    return user.display_name if user else tk._("Account deleted")
