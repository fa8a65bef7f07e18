"""Finds message ids that stand in data, where the extractor of Babel sees no `_()`.

States, roles, verdicts and refusals are English message ids in tables of pure files;
pages translate them when they show them. Used by `pybabel extract` (docs/i18n.md).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

Message = tuple[int, "str | None", "str | tuple[str, ...]", list[str]]
CALLS = ("_", "N_", "gettext")

_WORDS = re.compile(r"[a-z][a-z’'-]*( [A-Za-z’',-]+)+")
_CODE = re.compile(
    r"[A-Z][a-z]+/[A-Z]|^(SELECT|WITH|ALTER|DROP|SET|COPY|INSERT|UPDATE|DELETE|CREATE)\b"
)


def extract(
    fileobj: BinaryIO, keywords: Any, comment_tags: Any, options: dict[str, Any]
) -> Iterator[Message]:
    """Messages in calls, then those in tables of the module, as Babel asks for them."""
    source = fileobj.read().decode("utf-8")
    yield from in_calls(source)
    for line, text in in_data(source):
        yield line, None, text, []


def in_calls(source: str) -> Iterator[Message]:
    """Strings given to `_()`, `tk._()`, `N_()` and `ungettext()`.

    Babel's own extractor would also take the key in `_(words["key"])` for a message.
    """
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        texts = [
            arg.value
            for arg in node.args
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if name in CALLS and texts:
            yield node.lineno, None, texts[0], []
        elif name in ("ungettext", "ngettext") and len(texts) > 1:
            yield node.lineno, "ngettext", (texts[0], texts[1]), []


def in_data(source: str) -> Iterator[tuple[int, str]]:
    """Strings of a module that read like messages.

    In a pure file (one without CKAN) all of them; else those of module-level tables.
    """
    tree = ast.parse(source)
    pure = "ckan.plugins" not in source and "sqlalchemy" not in source
    values = {
        id(value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for value in node.values
    }
    for node in tree.body:
        table = isinstance(node, (ast.Assign, ast.AnnAssign))
        if "__all__" in ast.unparse(node)[:10]:
            continue
        if not table and not (pure and isinstance(node, ast.FunctionDef)):
            continue
        for part in ast.walk(node):
            if _is_docstring(part, node):
                continue
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                text = part.value
                if _is_message(text) or (id(part) in values and _WORDS.fullmatch(text)):
                    yield part.lineno, text


def _is_docstring(part: ast.AST, inside: ast.AST) -> bool:
    body = getattr(inside, "body", None)
    return (
        isinstance(inside, ast.FunctionDef)
        and bool(body)
        and isinstance(body[0], ast.Expr)
        and part is body[0].value
    )


def _is_message(text: str) -> bool:
    if _CODE.search(text) or re.fullmatch(r"\S*[_/.:]\S+", text):
        return False
    words = re.sub(r"%\(\w+\)s|\{\w+\}", "", text)
    sentence = r"[“A-Z](?=.*[a-z])[^\n\\|<>=$^]+" if " " in words else r"[A-Z][a-z]+\.?"
    return bool(re.fullmatch(sentence, words))
