"""Life of a catalog, as data (Art. 16). Pure.

A unit's catalog: draft → submitted → returned | consolidated → published.
A level's catalog, and that of Shanghai: consolidated → consent asked → consented |
refused → published. The units' catalogs that a level's is made of follow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UNIT, LEVEL, CITY = "unit", "level", "city"
SCOPES = {
    UNIT: "Catalog of a department or school",
    LEVEL: "Catalog of the level",
    CITY: "Shanghai catalog",
}
LETTERS = {UNIT: "D", LEVEL: "L", CITY: "S"}
"""Which catalog it is, in its number."""

STATES = {
    "draft": "Being prepared",
    "submitted": "Submitted to the level",
    "returned": "Returned to the unit",
    "consolidated": "Consolidated",
    "consent_asked": "Awaiting the leader’s consent",
    "consented": "Consented, to be published",
    "refused": "Not consented",
    "published": "Published",
}
TONES = {
    "draft": "secondary",
    "submitted": "primary",
    "returned": "warning",
    "consolidated": "info",
    "consent_asked": "primary",
    "consented": "info",
    "refused": "danger",
    "published": "success",
}
OPEN = ("draft", "submitted", "returned")
"""States in which a unit has its next catalog in hand."""
UNDER_WAY = ("consolidated", "consent_asked", "consented")
"""States in which a level has its next catalog in hand."""
FINAL = ("published", "refused")


@dataclass(frozen=True)
class Rule:
    """In one of `sources`, `command` leads a catalog of one of `scopes` to `target`.

    `permission` is a key of `units.who_may.PERMISSIONS`, empty where the command only
    follows from another catalog's; `apart` names commands whose giver may not give
    this one; `reason` says that words are obliged.
    """

    command: str
    label: str
    scopes: frozenset[str]
    sources: frozenset[str]
    target: str
    permission: str
    apart: frozenset[str] = frozenset()
    reason: bool = False


def _rule(
    command: str,
    label: str,
    scopes: str,
    sources: str,
    target: str,
    permission: str = "",
    *,
    apart: str = "",
    reason: bool = False,
) -> Rule:
    return Rule(
        command,
        label,
        frozenset(scopes.split()),
        frozenset(sources.split()),
        target,
        permission,
        frozenset(apart.split()),
        reason,
    )


TABLE: tuple[Rule, ...] = (
    _rule("prepare", "Prepare again", "unit", "draft returned", "draft",
          "catalog_prepare"),
    _rule("submit", "Submit to the level", "unit", "draft", "submitted",
          "catalog_submit", apart="prepare"),
    _rule("withdraw", "Take back", "unit", "submitted", "draft", "catalog_submit"),
    _rule("return", "Return to the unit", "unit", "submitted consolidated", "returned",
          "catalog_consolidate", reason=True),
    _rule("take", "Taken into the level’s catalog", "unit", "submitted",
          "consolidated"),
    _rule("put_back", "Out of the level’s catalog again", "unit", "consolidated",
          "submitted"),
    _rule("publish_with", "Published with the level’s catalog", "unit",
          "consolidated", "published"),
    _rule("consolidate", "Consolidate again", "level", "consolidated", "consolidated",
          "catalog_consolidate"),
    _rule("merge", "Merge again", "city", "consolidated", "consolidated",
          "catalog_merge"),
    _rule("ask_consent", "Ask for the leader’s consent", "level city", "consolidated",
          "consent_asked", "catalog_consolidate"),
    _rule("recall", "Take back", "level city", "consent_asked", "consolidated",
          "catalog_consolidate"),
    _rule("consent", "Consent", "level city", "consent_asked", "consented",
          "catalog_consent", apart="consolidate merge ask_consent"),
    _rule("refuse", "Do not consent", "level city", "consent_asked", "refused",
          "catalog_consent", apart="consolidate merge ask_consent", reason=True),
    _rule("publish", "Publish", "level city", "consented", "published",
          "catalog_publish"),
)  # fmt: skip

BEGINNINGS = {UNIT: "prepare", LEVEL: "consolidate", CITY: "merge"}
"""The command that makes the first draft of a version."""

COMMANDS = {rule.command: rule for rule in TABLE}


@dataclass(frozen=True)
class Refusal:
    """Why not: `state`, `apart` or `reason`, and an English message id."""

    code: str
    msgid: str


def step(
    scope: str,
    state: str,
    command: str,
    *,
    actor: str | None,
    acted: Mapping[str, frozenset[str]],
    reason: str = "",
) -> Rule | Refusal:
    """The rule by which *command* is given now, or why it cannot be.

    :param acted: command → ids of those who gave it for this catalog before
    :raises KeyError: there is no such command
    """
    rule = COMMANDS[command]
    if scope not in rule.scopes or state not in rule.sources:
        return Refusal("state", "The catalog is in the state “{state}”; this cannot be "
                       "done. Somebody may have acted meanwhile.")  # fmt: skip
    for other in rule.apart:
        if actor is None or actor in acted.get(other, ()):
            return Refusal("apart", APART[command])
    if rule.reason and not reason.strip():
        return Refusal("reason", "Give a reason: who has to mend it will read it.")
    return rule


APART = {
    "submit": "You prepared this catalog. Another reviewer has to submit it.",
    "consent": "You consolidated this catalog. Another leader has to decide on it.",
    "refuse": "You consolidated this catalog. Another leader has to decide on it.",
}


def possible(
    scope: str, state: str, actor: str | None, acted: Mapping[str, frozenset[str]]
) -> list[str]:
    """Commands that a person with all roles may give now; words do not count."""
    return [
        rule.command
        for rule in TABLE
        if rule.permission
        and isinstance(
            step(scope, state, rule.command, actor=actor, acted=acted, reason="-"),
            Rule,
        )
    ]


def number(code: str, scope: str, year: int, sequence: int) -> str:
    """Number of a catalog: code of the unit, which catalog, year, sequence."""
    return f"{code}-{LETTERS[scope]}{year}-{sequence:03d}"
