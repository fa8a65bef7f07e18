"""The pages of one's own account, in the order of its side menu. Pure.

An entry whose page does not exist here is left out: `/user/{name}` is one's own page.
"""

from __future__ import annotations

ENTRIES: tuple[tuple[str, str], ...] = (
    ("/user/{name}", "Account and roles"),
    ("/user/edit/{name}", "My details"),
    ("/account/password", "Password"),
    ("/account/second-factor/settings", "Two-factor authentication"),
    ("/account/sign-in", "Single sign-on"),
    ("/account/sessions", "Sessions"),
    ("/user/{name}/api-tokens", "Tokens for programs"),
    ("/applicant", "My applicant data"),
    ("/notices/settings", "How I am told"),
    ("/account/data", "My data and closing the account"),
)
