"""What is installed is what is pinned, and the pins are what setup.py asks for."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from stack.launcher.jars import Jar, read_list, take

ROOT = Path(__file__).resolve().parents[2]
STACK = ROOT / "stack"


def pins(name: str) -> dict[str, str]:
    """Package and version for this machine, from a lock."""
    text = (STACK / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        head = line.split("--hash")[0].split("#")[0].strip()
        if not head:
            continue
        wanted = Requirement(head)
        if wanted.marker is None or wanted.marker.evaluate():
            (specifier,) = wanted.specifier
            assert specifier.operator == "=="
            found[canonicalize_name(wanted.name)] = specifier.version
    return found


def listed(path: Path) -> list[Requirement]:
    lines = path.read_text(encoding="utf-8").splitlines()
    words = [line.split("#")[0].strip() for line in lines]
    return [Requirement(word) for word in words if word]


def asked_by_setup() -> list[Requirement]:
    tree = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "install_requires":
            return [Requirement(word) for word in ast.literal_eval(node.value)]
    raise AssertionError("setup.py has no install_requires")


def test_the_lock_holds_what_setup_py_and_the_lists_ask_for() -> None:
    """If this fails: ./portal lock"""
    overrides = {canonicalize_name(r.name): r for r in listed(STACK / "overrides.txt")}
    locked = pins("requirements.txt")
    for asked in [*asked_by_setup(), *listed(STACK / "requirements.in")]:
        name = canonicalize_name(asked.name)
        asked = overrides.get(name, asked)
        assert name in locked, name
        assert asked.specifier.contains(locked[name]), asked


def test_the_tests_lock_differs_only_by_what_it_adds() -> None:
    portal, tests = pins("requirements.txt"), pins("requirements-test.txt")
    assert portal.items() <= tests.items()
    assert {
        canonicalize_name(r.name) for r in listed(STACK / "requirements-test.in")
    } <= set(tests)


def test_every_pin_has_hashes_and_no_place() -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (STACK / name).read_text(encoding="utf-8")
        assert text.count("==") <= text.count("--hash=sha256:")
        assert not re.search(r"://|--index|--find-links", text)


def test_the_environment_holds_the_pins() -> None:
    for name, version in pins("requirements.txt").items():
        assert importlib.metadata.version(name) == version


def test_the_list_of_jars_is_complete_and_without_doubles() -> None:
    jars = read_list(STACK / "solr/jars.txt")
    names = [jar.name for jar in jars]
    assert len(names) == len(set(names))
    assert {"solr-core", "solr-test-framework", "lucene-analysis-smartcn"} <= set(names)
    assert all(re.fullmatch("[0-9a-f]{64}", jar.sha256) for jar in jars)
    versions = {jar.version for jar in jars if jar.group == "org.apache.lucene"}
    assert len(versions) == 1


@pytest.mark.parametrize(("content", "taken"), [(b"jar", True), (b"forged", False)])
def test_a_jar_that_is_not_what_the_list_says_is_refused(
    tmp_path: Path, content: bytes, taken: bool
) -> None:
    digest = hashlib.sha256(b"jar").hexdigest()
    jar = Jar("group", "name", "1.0", digest)
    source = tmp_path / "source.jar"
    source.write_bytes(content)
    folder = tmp_path / "jars"
    folder.mkdir()
    assert take(jar, source, folder) is taken
    assert (folder / "name-1.0.jar").exists() is taken
