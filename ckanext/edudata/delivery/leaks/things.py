"""What is closed, who asks, what is asked, and what was found. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ENTRY = "entry"
CONDITIONAL = "conditional"
STOPPED = "stopped"
RECORD = "record"
KINDS = (ENTRY, CONDITIONAL, STOPPED, RECORD)

PUBLIC_REFERENCES = {
    ENTRY: frozenset({"owner", "author"}),
    CONDITIONAL: frozenset({"package", "name", "resource", "owner", "author"}),
    STOPPED: frozenset({"package", "name", "resource", "owner", "author"}),
    RECORD: frozenset({"owner", "author"}),
}
"""References that everybody may know to exist; the others must answer as made-up ones
do. Of data had on conditions, and of a dataset that was stopped, the page stays."""

METADATA = frozenset({"package", "title", "text", "field", "author"})
"""Kinds of needles that members of units within the sharing scope may see."""


@dataclass(frozen=True)
class Needle:
    """Something that must not be in an answer. Its text is never printed."""

    kind: str
    text: str


@dataclass(frozen=True)
class Closed:
    """One thing that is closed.

    `references`: for each name that a probe asks by (`package`, `name`, `resource`,
    `table`, …) its values. `label` is what a report calls it. `within`: names of the
    persons whose unit is within its sharing scope.
    """

    kind: str
    id: str
    unit_id: str
    references: Mapping[str, tuple[str, ...]]
    needles: tuple[Needle, ...] = ()
    within: frozenset[str] = frozenset()
    label: str = ""

    def secret(self, name: str) -> bool:
        """Whether nobody may find out that the reference is a real one."""
        return name not in PUBLIC_REFERENCES[self.kind]


@dataclass(frozen=True)
class Person:
    """Who asks. `kinds`: of closed things they ask for; `families`: by which ways, all
    where None; `own`: things that are not closed to them. `token` is never printed."""

    name: str
    token: str | None = field(default=None, repr=False)
    kinds: frozenset[str] = frozenset(KINDS)
    families: frozenset[str] | None = None
    own: frozenset[str] = frozenset()
    unit_id: str | None = None
    user_id: str | None = None


@dataclass(frozen=True)
class Probe:
    """A question: an address with places for references, such as `{package}`.

    `reads` are the names of the places; none for a list. `expects` names a check of
    the answer's own (`judging.CHECKS`). `scoped`: one of the ways by which members of
    units see metadata within the sharing scope. `loose`: finds by words, so that a real
    one and a made-up one find different things anyway.
    """

    family: str
    address: str
    reads: tuple[str, ...] = ()
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    expects: str = ""
    scoped: bool = False
    loose: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back; `failed` says why nothing did."""

    status: int = 0
    text: str = ""
    place: str = ""
    kind: str = ""
    cache: str = ""
    failed: str = ""


@dataclass(frozen=True)
class Leak:
    """A leak, named without what leaked: family, person, thing, kind of value."""

    family: str
    person: str
    kind: str
    object_id: str
    what: str
    address: str
