"""The verdict on a whole table of which a part came later. Imports no Presidio."""

from __future__ import annotations

from pathlib import Path

from . import engine
from .frozen import Frozen
from .profile import Profile
from .report import CheckOptions, CheckReport
from .verdict import judge


def merged(stock: Profile, part: Profile, sheet: str) -> Profile | None:
    """The profile of the whole; None where the part has other columns.

    What stands outside every sheet of a part is of the portal's own making.
    """
    if len(stock.tables) != 1 or len(part.tables) != 1:
        return None
    part.outside = {}
    stock.tables[0].sheet = part.tables[0].sheet = sheet
    try:
        return stock.merge(part)
    except ValueError:
        return None


def report(
    profile: Profile, options: CheckOptions, frozen: Frozen, sha256: str
) -> CheckReport:
    """What the whole is judged to be, as a check of it would say."""
    judgement = judge(profile, options)
    table = judgement.tables[0]
    table.digest, table.csv_path = frozen.digest, str(frozen.path)
    return CheckReport(
        sha256=sha256,
        verdict=judgement.verdict,
        classified=judgement.classified,
        ruleset=engine.RULESET,
        findings=judgement.findings,
        tables=judgement.tables,
        grounds=judgement.grounds,
        institutions=options.institutions and table.institutions,
        k=table.k,
        rows=table.row_count,
        cells=table.row_count * len(table.columns),
    )


def title_of(profile: Profile) -> str:
    """Words above the table that tell what its numbers count."""
    cells = profile.tables[0].cells if profile.tables else None
    return str(cells.to_dict()["title"]) if cells else ""


def sha256_of(path: Path) -> str:
    """SHA-256 of the clean copy, by which it is kept."""
    return engine.file_digest(path)
