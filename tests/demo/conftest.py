"""The demonstration's command, run as an operator runs it, in empty databases."""

from __future__ import annotations

import pytest
from ckan.cli.cli import ckan
from ckan.lib.search import clear_all

from ckanext.edudata.demo import checking
from ckanext.edudata.demo.cli import VARIABLE

PASSWORD = "correct-horse-1"


@pytest.fixture
def load(clean_db, with_plugins, cli, monkeypatch):
    """Run `ckan edudata demo load`; no worker runs in the tests."""
    clear_all()
    monkeypatch.setenv(VARIABLE, PASSWORD)
    monkeypatch.setattr(checking, "PATIENCE", 0.0)

    def run(*options: str, ok: bool = True):
        result = cli.invoke(ckan, ["edudata", "demo", "load", *options])
        if ok:
            assert not result.exit_code, result.output
        return result

    return run
