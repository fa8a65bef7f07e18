"""An OpenAPI description of every action, for the fuzzer: names from the docstrings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import ckan.logic as logic
import ckan.plugins.toolkit as tk

_PARAM = re.compile(r":param\s+(?:[\w\[\], ]+\s)?(\w+)\s*:")
#: What actions take without saying so in the usual way.
COMMON = ("id", "name", "limit", "offset", "q")

WEIRD = (
    "",
    " ",
    "\u0001",
    "\ufeff\u202e\u200b",
    "\ud800",
    "'",
    "%' OR 1=1 --",
    "{!xmlparser v='<a/>'}",
    "*:* AND (",
    "{{7*7}}",
    "../../etc/passwd",
    "//evil.example",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "a\r\nSet-Cookie: x=1",
    "9" * 40,
    "-1",
    "1e309",
    "NaN",
    "2026-13-45",
    "9999-12-31T23:59:59",
    "x" * 5000,
    "%s%n%00",
)
"""Texts that something behind a form may take for more than text."""


def actions() -> list[str]:
    """Every action that the API offers, CKAN's, its plugins' and ours."""
    tk.get_action("status_show")
    return sorted(logic._actions)


def parameters(action: str) -> list[str]:
    """Names that an action takes: of its docstring, its validators, and common ones."""
    function: Any = logic._actions[action]
    seen: list[str] = []
    while function is not None:
        seen += _PARAM.findall(getattr(function, "__doc__", None) or "")
        keywords = getattr(function, "keywords", None) or {}
        function = getattr(function, "__wrapped__", None) or getattr(
            function, "func", None
        )
        if keywords.get("original_action"):
            seen += parameters_of(keywords["original_action"])
    return list(dict.fromkeys([*seen, *COMMON]))


def parameters_of(function: Any) -> list[str]:
    return _PARAM.findall(getattr(function, "__doc__", None) or "")


def description(names: Iterable[str], known: list[Any]) -> dict[str, Any]:
    """OpenAPI 3.1 of these actions.

    :param known: references of things that are there, to get behind the first check
    """
    value = {
        "anyOf": [
            {"enum": known},
            {"enum": known},
            {"enum": [text for text in WEIRD if text.isprintable()] + [True, None, 0]},
            {"type": "string", "maxLength": 40},
            {"type": "integer"},
            {"type": "array", "items": {"type": ["string", "object"]}, "maxItems": 2},
            {"type": "object", "maxProperties": 2},
        ]
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Actions", "version": "3"},
        "paths": {
            f"/api/3/action/{name}": {
                "post": {
                    "operationId": name,
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": dict.fromkeys(
                                        parameters(name), value
                                    ),
                                }
                            }
                        },
                    },
                    "responses": {"default": {"description": "answered"}},
                }
            }
            for name in names
        },
    }
