"""Fixtures of the embedded stack's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from stack.launcher.home import Home

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A state folder of its own."""
    monkeypatch.delenv("EDUDATA_PORTAL_HOME", raising=False)
    made = Home(ROOT, tmp_path / "state")
    made.make()
    return made
