"""Write docs/measures.md and docs/who-may.md from the tests and the role table.

Run `python docs/make_tables.py` after tests were marked or roles changed; a test says
when it was forgotten.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

PEOPLE_ONLY = frozenset({1, 39, 42, 43})
"""Articles on purpose, budgets, interpretation and entry into force."""

LATER = frozenset({11, 19, 20, 25, 29, 32, 35, 40, 41})
"""Articles of rooms that are not built yet."""

ARTICLES = {
    1: "purpose of the Measures",
    2: "whose data; no state secrets",
    3: "terms",
    4: "platforms, subject databases, one data one source, review before opening",
    5: "the four roles of departments",
    6: "the data owner",
    7: "the data user",
    8: "the coordinating department",
    9: "the technical department",
    10: "no collecting twice",
    11: "standards",
    12: "quality answers to who collects",
    13: "safe storage",
    14: "changes of structure",
    15: "data reach the platform only through it",
    16: "the catalog, from department to city",
    17: "state and source are visible",
    18: "quality is watched",
    19: "revision of standards",
    20: "data outside the catalog",
    21: "responsibility is visible",
    22: "sharing is the rule",
    23: "sharing classes",
    24: "how data are shared",
    25: "ways of sharing",
    26: "opening to natural persons, legal persons, unincorporated bodies",
    27: "opening classes and the open list",
    28: "the open sub-platform; conditional data on application",
    29: "sharing from the nearest platform",
    30: "use is bound to the purpose",
    31: "third parties get desensitized data only",
    32: "corrections",
    33: "security officer and security review",
    34: "protection by level",
    35: "incidents and the audit trail",
    36: "class and grade",
    37: "sensitive posts",
    38: "each unit names its people",
    39: "budgets",
    40: "inspection",
    41: "assessment",
    42: "interpretation",
    43: "entry into force",
    44: "schools that join by choice",
}


def marked(tests: Path) -> dict[int, list[str]]:
    """Tests by the article they are marked with, as `folder/file.py::name`."""
    found: dict[int, list[str]] = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        where = path.relative_to(tests.parent).as_posix()
        for name, numbers in _tests(tree):
            for number in sorted(numbers):
                found[number].append(f"{where}::{name}")
    return found


def _tests(tree: ast.Module) -> Iterator[tuple[str, set[int]]]:
    everywhere: set[int] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark"
            for target in node.targets
        ):
            everywhere |= _numbers([node.value])
    yield from _within(tree.body, "", everywhere)


def _within(
    body: list[ast.stmt], prefix: str, outer: set[int]
) -> Iterator[tuple[str, set[int]]]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if node.name.startswith("test"):
                numbers = outer | _numbers(node.decorator_list)
                if numbers:
                    yield prefix + node.name, numbers
        elif isinstance(node, ast.ClassDef):
            numbers = outer | _numbers(node.decorator_list)
            yield from _within(node.body, f"{prefix}{node.name}::", numbers)


def _numbers(marks: list[ast.expr]) -> set[int]:
    """Arguments of `pytest.mark.article(…)` anywhere in the expressions."""
    return {
        argument.value
        for mark in marks
        for call in ast.walk(mark)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "article"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, int)
    }


def measures() -> str:
    """docs/measures.md: each article and the tests that show it."""
    found = marked(ROOT / "tests")
    lines = [
        "# The Measures, and the tests that show them",
        "",
        "Made from the marks `@pytest.mark.article(…)` by `docs/make_tables.py`; not",
        "to be edited. Articles are those of 《上海教育数据管理办法（试行）》.",
        "",
        "| Art. | about | tests |",
        "|---|---|---|",
    ]
    for number, about in ARTICLES.items():
        tests = "<br>".join(f"`{name}`" for name in found.get(number, []))
        if not tests:
            tests = "**none**"
            if number in PEOPLE_ONLY:
                tests = "binds people only"
            elif number in LATER:
                tests = "not built yet"
        lines.append(f"| {number} | {about} | {tests} |")
    return "\n".join(lines) + "\n"


def who_may() -> str:
    """docs/who-may.md: each permission and the roles that carry it."""
    sys.path.insert(0, str(ROOT))
    from ckanext.edudata.units.who_may import ROLES, as_table

    lines = [
        "# Who may",
        "",
        "Made from `ckanext/edudata/units/who_may.py` by `docs/make_tables.py`; do not",
        "edit by hand. A person holds a role for a unit and all below it; the three",
        "administrators hold theirs for the top of the tree.",
        "",
        "| role | 角色 | Art. |",
        "|---|---|---|",
    ]
    lines += [
        f"| {role.label} (`{role.name}`) | {role.label_zh} | {role.article} |"
        for role in ROLES.values()
    ]
    lines += [
        "",
        "Nobody reviews what they compiled, and who applies never decides. The three",
        "administrators are three people, and none of them holds a role of a unit.",
        "",
        "| permission | roles |",
        "|---|---|",
    ]
    for permission, names in as_table():
        roles = ", ".join(ROLES[name].label for name in names)
        lines.append(f"| `{permission}` | {roles} |")
    return "\n".join(lines) + "\n"


PAGES = {"measures.md": measures, "who-may.md": who_may}


def main() -> None:
    """Write both pages."""
    for name, page in PAGES.items():
        (ROOT / "docs" / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
