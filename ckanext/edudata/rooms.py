"""The rooms of the portal, in the order data flow, and what each brings to CKAN.

A room is a package with CKAN's usual file names in it (`action.py`, `auth.py`,
`views.py` …); only those that it needs, and more of a kind by topic
(`action_exceptions.py`). This module finds them, so that a new room is one line here
and nothing in the plugin.
"""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from typing import Any

import click
from ckan.plugins import plugin_loaded
from flask import Blueprint

ROOMS = (
    "units",
    "identity",
    "catalog",
    "desensitization",
    "opening",
    "requests",
    "delivery",
    "feedback",
    "audit",
    "portal",
    "guard",
    "operations",
)


def _modules(name: str) -> list[Any]:
    found = []
    for room in ROOMS:
        package = import_module(f"ckanext.edudata.{room}")
        found += [
            import_module(f"{package.__name__}.{module.name}")
            for module in pkgutil.iter_modules(package.__path__)
            if module.name == name or module.name.startswith(f"{name}_")
        ]
    return found


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
            # What is chained onto a plugin's function, where there is that plugin.
            needs = getattr(member, "edudata_needs", None)
            if needs and not plugin_loaded(needs):
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
