"""What of a site's settings is unsafe, and how to mend it (`ckan edudata doctor`).

Rules stand in `doctor_rules*.py`, by topic. In production the portal does not start
while one that is `unsafe` finds something, unless the site accepts it by its name in
`ckanext.edudata.doctor.accept`; `weak` ones only advise.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import ckan.plugins.toolkit as tk

ACCEPT = "ckanext.edudata.doctor.accept"
ENVIRONMENT = "ckanext.edudata.environment"
LENIENT = ("demonstration", "test")
"""Environments that start with anything; what is none of the known is production."""

CANNOT = "This could not be looked at: {error}."
AGAIN = "Start the service that it needs, and run the doctor again."

Config = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """`find` says what is wrong, in a sentence, or None; `mend` is a message id."""

    name: str
    severity: str
    find: Callable[[Config], str | None]
    mend: str


@dataclass(frozen=True)
class Finding:
    """`unknown`: the rule itself failed, so nobody knows."""

    name: str
    severity: str
    what: str
    mend: str
    accepted: bool = False
    unknown: bool = False


def rules() -> list[Rule]:
    """All rules, whoever wrote them.

    :raises ValueError: two have the same name
    """
    package = import_module(__package__ or "")
    found = [
        rule
        for module in pkgutil.iter_modules(package.__path__)
        if module.name.startswith("doctor_rules")
        for rule in import_module(f"{package.__name__}.{module.name}").RULES
    ]
    names = [rule.name for rule in found]
    if len(names) != len(set(names)):
        raise ValueError("two rules of the doctor have the same name")
    return found


def look(config: Config) -> list[Finding]:
    """All that is found, unsafe things first."""
    accepted = set(tk.aslist(config.get(ACCEPT) or []))
    found = [_asked(rule, config, rule.name in accepted) for rule in rules()]
    return sorted(
        (each for each in found if each),
        key=lambda each: (each.severity != "unsafe", each.name),
    )


def _asked(rule: Rule, config: Config, accepted: bool) -> Finding | None:
    try:
        what = rule.find(config)
    except Exception as error:  # noqa: BLE001 - a rule that fails has found nothing safe
        said = tk._(CANNOT).format(error=type(error).__name__)
        return Finding(
            rule.name, rule.severity, said, tk._(AGAIN), accepted, unknown=True
        )
    if not what:
        return None
    return Finding(rule.name, rule.severity, what, tk._(rule.mend), accepted)


def obstacles(config: Config) -> list[Finding]:
    """What keeps this site from starting; nothing outside production."""
    if config.get(ENVIRONMENT) in LENIENT:
        return []
    return [
        each for each in look(config) if each.severity == "unsafe" and not each.accepted
    ]
