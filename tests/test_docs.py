"""Pages that are made from the code are in step with it."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def tables():
    spec = importlib.util.spec_from_file_location(
        "make_tables", ROOT / "docs" / "make_tables.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["measures.md", "who-may.md"])
def test_in_step(tables, name):
    kept = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert kept == tables.PAGES[name](), "run: python docs/make_tables.py"


def test_marks_are_found_wherever_they_stand(tables, tmp_path):
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_some.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.slow, pytest.mark.article(3)]\n"
        "@pytest.mark.article(5, 7)\n"
        "def test_a(): ...\n"
        "@pytest.mark.article(9)\n"
        "class TestB:\n"
        "    def test_c(self): ...\n"
        "def helper(): ...\n"
    )
    found = tables.marked(tests)
    assert found[5] == found[7] == ["tests/test_some.py::test_a"]
    assert found[9] == ["tests/test_some.py::TestB::test_c"]
    assert found[3] == [
        "tests/test_some.py::test_a",
        "tests/test_some.py::TestB::test_c",
    ]


def test_every_mark_is_an_article(tables):
    assert set(tables.marked(ROOT / "tests")) <= set(tables.ARTICLES)


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_links_of_the_readmes_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).exists(), target


@pytest.mark.usefixtures("with_plugins")
def test_the_api_page_speaks_of_what_there_is():
    import ckan.plugins.toolkit as tk

    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    compile("\n".join(blocks), "docs/api.md", "exec")
    called = re.findall(
        r'(?:call|refused)\(\s*(?:None|"\w+"),\s*"(\w+)"', "\n".join(blocks)
    )
    assert len(set(called)) > 15
    for name in {*called, *re.findall(r"`(edudata_\w+)`", text)}:
        tk.get_action(name)
