"""Rules of the doctor about how people log in (GB/T 22239-2019 8.1.4.1)."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.edudata.identity import second_factor
from ckanext.edudata.operations.doctor import ENVIRONMENT, LENIENT, Config, Rule

IDENTITY = "ckanext.edudata.identity."

BOUNDS = {
    f"{IDENTITY}password_length": (10, 200),
    f"{IDENTITY}password_history": (3, 100),
    f"{IDENTITY}password_days": (1, 180),
    f"{IDENTITY}tries_account": (1, 10),
    f"{IDENTITY}tries_address": (1, 100),
    f"{IDENTITY}session_hours": (1, 12),
    f"{IDENTITY}sessions_max": (1, 10),
    f"{IDENTITY}sleep_days": (1, 180),
    f"{IDENTITY}step_up_minutes": (0, 60),
    "ckanext.edudata.reset_minutes": (1, 120),
    "ckanext.edudata.invitation_days": (1, 30),
    "ckanext.edudata.tokens.days": (1, 365),
}
"""Least and most of what holds somebody off; the defaults lie well within."""


def _second_factor(config: Config) -> str | None:
    if config.get(ENVIRONMENT) in LENIENT:
        return None
    if config.get(second_factor.SETTING) != "offered":
        return None
    return tk._("People with a role log in with a password alone.")


def _accounts(config: Config) -> str | None:
    weak = []
    for name, (least, most) in BOUNDS.items():
        value = config.get(name)
        if value is not None and not least <= int(value) <= most:
            bounds = tk._("{name} is {value}, not {least} to {most}")
            weak.append(
                bounds.format(name=name, value=int(value), least=least, most=most)
            )
    if not weak:
        return None
    said = tk._("Settings of accounts that hold few off: {settings}.")
    return said.format(settings="; ".join(weak))


RULES = [
    Rule(
        "second-factor",
        "unsafe",
        _second_factor,
        "Take ckanext.edudata.identity.second_factor out of the ini, or set it to "
        "obliged.",
    ),
    Rule(
        "accounts",
        "weak",
        _accounts,
        "Take them out of the ini: the defaults hold.",
    ),
]
