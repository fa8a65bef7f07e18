"""The rooms of the portal, in the order data flow, and what each brings to CKAN.

A room is a package with CKAN's usual file names in it (`action.py`, `auth.py`,
`views.py` …); only those that it needs. This module finds them, so that a new room
is one line here and nothing in the plugin.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
from flask import Blueprint

ROOMS = (
    "units",
    "catalog",
    "desensitization",
    "opening",
    "requests",
    "delivery",
    "audit",
    "portal",
)


def _modules(name: str) -> list[Any]:
    paths = [f"ckanext.edudata.{room}.{name}" for room in ROOMS]
    return [import_module(path) for path in paths if find_spec(path)]


def functions(name: str) -> dict[str, Any]:
    """Public functions that the rooms' modules called *name* define themselves.

    :raises ValueError: two rooms define the same function
    """
    found: dict[str, Any] = {}
    for module in _modules(name):
        for key, member in vars(module).items():
            local = getattr(member, "__module__", None) == module.__name__
            if key.startswith("_") or not local or not inspect.isroutine(member):
                continue
            if key in found:
                raise ValueError(f"{key} is defined by two rooms")
            found[key] = member
    return found


def blueprints() -> list[Blueprint]:
    """Blueprints of all rooms."""
    return [
        member
        for module in _modules("views")
        for member in vars(module).values()
        if isinstance(member, Blueprint)
    ]


def commands() -> list[click.Command]:
    """Subcommands of `ckan edudata`, room by room."""
    return [
        member
        for module in _modules("cli")
        for member in vars(module).values()
        if isinstance(member, click.Command)
        and not getattr(member, "edudata_nested", False)
    ]
