"""The id of a rule set changes with every file that has a say in a verdict: pure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ckanext.edudata.desensitization import ruleset

HERE = Path(ruleset.__file__).parent
NO_RULES = {
    # Words for people, shapes of answers, digests, and the process around the rules.
    "__init__.py",
    "canonical.py",
    "child.py",
    "keyed.py",
    "reasons.py",
    "report.py",
    "ruleset.py",
}
LOADED = """
import json, sys
from ckanext.edudata.desensitization import checker, child, scanner
scanner.scanner()
print(json.dumps([
    module.__file__ for name, module in sorted(sys.modules.items())
    if name.startswith("ckanext.edudata.desensitization")
    and getattr(module, "__file__", None)
]))
"""


def covered():
    return {path for pattern in ruleset._RULES for path in HERE.glob(pattern)}


def test_every_module_that_reads_or_judges_is_in_it():
    told = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, check=True, text=True
    ).stdout
    loaded = {Path(name) for name in json.loads(told.splitlines()[-1])}
    assert len(loaded) > 30
    left_out = {str(path.relative_to(HERE)) for path in loaded - covered()}
    assert left_out <= NO_RULES


def test_all_data_of_the_recognizers_are_in_it():
    data = {
        path
        for path in HERE.glob("recognizers/data/**/*")
        if path.is_file()
        and path.suffix not in (".py", ".pyc")
        and not path.name.startswith((".", "NOTICE", "LICENSE", "README"))
    }
    assert data
    assert data <= covered()


@pytest.fixture
def rules_in(tmp_path, monkeypatch):
    monkeypatch.setattr(ruleset, "_HERE", tmp_path)
    return tmp_path / "verdict.py"


def test_comments_and_blank_lines_make_no_new_rules(rules_in):
    rules_in.write_text("limit = 5\n")
    before = ruleset.ruleset()
    rules_in.write_text("# why\n\nlimit = 5\n   # so\n")
    assert ruleset.ruleset() == before
    rules_in.write_text("limit = 6\n")
    assert ruleset.ruleset() != before


def test_another_engine_for_names_is_another_rule_set(monkeypatch):
    before = ruleset.ruleset()
    monkeypatch.setenv("EDUDATA_NAME_ENGINE", "hanlp:portable-1.8")
    assert ruleset.ruleset() != before
