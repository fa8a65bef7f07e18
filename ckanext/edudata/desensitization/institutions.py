"""The standing rule: institutions are not persons (design, Opening class).

In a table with one row for each institution its office telephone, fax, office mail and
address and the names of its principal and legal representative pass. A mobile, a
dwelling's address, a number of a person and any other name never do.

A mailbox at a public provider (qq.com, 163.com) passes too where the column is one of
mail: kindergartens and small schools have no domain of their own, and nothing in the
address tells an office's from a person's. Outside such a column no mailbox passes.
"""

from __future__ import annotations

from . import table_words as words
from .column_rules import COLUMN_SHARE, SURELY_HOME
from .entities import ENTITIES
from .profile import ColumnProfile
from .report import Finding

#: A room in a building is an office's where so many addresses of a list have one.
_ROOMS = 0.2


def may_pass(
    finding: Finding, column: ColumnProfile | None, key: ColumnProfile
) -> bool:
    """Whether a finding passes in a table of institutions with this key column."""
    entity = finding.entity
    if finding.where == "note":
        return entity in ("LANDLINE", "EMAIL", "ADDRESS")
    if finding.where != "cell" or column is None:
        return False
    label = column.label
    if words.matches(words.PRIVATE, label):
        return False
    if entity == "HOME_ADDRESS":
        return _is_office_room(finding, column, key)
    if not ENTITIES[entity].institutional:
        return False
    if entity == "OFFICER_NAME":
        return words.matches(words.HEAD, label) and not words.matches(
            words.NOT_HEAD, label
        )
    if entity == "EMAIL":
        own = finding.count >= COLUMN_SHARE * column.cells
        return own or words.matches(words.MAIL, label)
    return True


def _is_office_room(
    finding: Finding, column: ColumnProfile, key: ColumnProfile
) -> bool:
    """天平路100号502室 among companies or departments that all have such rooms; a
    school has a site of its own."""
    return (
        finding.score < SURELY_HOME
        and not words.matches(words.SCHOOL_KEY, key.label)
        and finding.count >= _ROOMS * column.cells
    )
