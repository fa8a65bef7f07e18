"""Validators of this room."""

from __future__ import annotations

from collections.abc import Callable

import ckan.plugins.toolkit as tk


def edudata_no_longer_than(most: int) -> Callable[[str], str]:
    """A text of at most so many characters."""

    def validator(value: str) -> str:
        # Anybody's program may send a number or a list instead.
        if not isinstance(value, str):
            raise tk.Invalid(tk._("Write a text here."))
        if len(value) > most:
            raise tk.Invalid(
                tk._("At most {n} characters; shorten the text.").format(n=most)
            )
        return value

    return validator
