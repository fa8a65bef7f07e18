"""Write docs/security/level-3.md and level-2.md from the clauses that tests name.

Run `python docs/make_levels.py` after tests were added; `--check` only compares.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs"))

from security_clauses import CLAUSES, Clause  # noqa: E402

WHO = {"software": "软件", "shared": "软件与运行单位", "site": "运行单位"}
HEAD = """# 等级保护{level}：软件承担的条款与证据

本页由 `docs/make_levels.py` 生成，依据测试上的 `@pytest.mark.clause` 标记。
条款是 GB/T 22239-2019 安全计算环境（{chapter}），右列是证明它的测试。
条款文字为概括，以标准原文为准；本页不代替测评。标为“运行单位”的条款软件不能证明。
“尚无测试”是如实的空缺。

| 条款 | 要求 | 由谁承担 | 怎样做到 | 证据 |
|---|---|---|---|---|
"""


def marked() -> dict[str, list[str]]:
    """Tests by the clauses that they, their class or their file name."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for numbers, name in _of_file(tree):
            place = f"{path.relative_to(ROOT)}{'::' + name if name else ''}"
            for number in numbers:
                found.setdefault(number, []).append(place)
    return {number: list(dict.fromkeys(places)) for number, places in found.items()}


def _of_file(tree: ast.Module) -> Iterator[tuple[list[str], str]]:
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(getattr(each, "id", "") == "pytestmark" for each in targets):
                yield _numbers(node.value), ""
        yield from _of_node(node, "")


def _of_node(node: ast.stmt, within: str) -> Iterator[tuple[list[str], str]]:
    if not isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        return
    name = f"{within}{node.name}"
    for decorator in node.decorator_list:
        yield _numbers(decorator), name
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            yield from _of_node(inner, f"{name}::")


def _numbers(tree: ast.expr) -> list[str]:
    """Numbers in the calls of `pytest.mark.clause` below."""
    return [
        each.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "clause"
        for each in call.args
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]


def evidence(clause: Clause, found: dict[str, list[str]]) -> list[str]:
    """Tests that name exactly this clause."""
    return found.get(clause.number, [])


def beside(found: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """Tests that name a clause without its letter: evidence for none of them alone."""
    known = {clause.number for clause in CLAUSES}
    return sorted((key, tests) for key, tests in found.items() if key not in known)


def page(level: int) -> str:
    """The document of a level."""
    found, title = marked(), {2: "第二级", 3: "第三级"}[level]
    rows = []
    for clause in CLAUSES:
        number = clause.number if level == 3 else clause.level2
        if not number:
            continue
        tests = evidence(clause, found)
        shown = "<br>".join(f"`{test}`" for test in tests)
        if not shown:
            shown = "—" if clause.carried == "site" else "尚无测试"
        rows.append(
            f"| {number} | {clause.asks} | {WHO[clause.carried]} "
            f"| {clause.how} | {shown} |\n"
        )
    if level == 3:
        for number, tests in beside(found):
            shown = "<br>".join(f"`{test}`" for test in tests)
            rows.append(f"| {number} | 未分项 | 软件 | 与该条有关的测试 | {shown} |\n")
    chapter = "8.1.4" if level == 3 else "7.1.4"
    return HEAD.format(level=title, chapter=chapter) + "".join(rows)


def main() -> int:
    """Write or compare both; 1 where they differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check, stale = parser.parse_args().check, 0
    for level in (3, 2):
        path, wanted = ROOT / "docs" / "security" / f"level-{level}.md", page(level)
        if check:
            stale |= not path.exists() or path.read_text(encoding="utf-8") != wanted
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
