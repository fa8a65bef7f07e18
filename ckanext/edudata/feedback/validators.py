"""Validators of this room."""

from __future__ import annotations

from collections.abc import Callable

import ckan.plugins.toolkit as tk


def edudata_no_longer_than(most: int) -> Callable[[str], str]:
    """A text of at most so many characters."""

    def validator(value: str) -> str:
        if len(value) > most:
            raise tk.Invalid(
                tk._("At most {n} characters; shorten the text.").format(n=most)
            )
        return value

    return validator
