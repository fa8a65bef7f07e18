"""Rules of the doctor about who may ask how the portal is."""

from __future__ import annotations

import contextlib
import ipaddress
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.guard import addresses
from ckanext.edudata.operations import health
from ckanext.edudata.operations.doctor import Config, Rule

WIDEST = {4: 8, 6: 32}
"""Fewest bits of a network that is still a site's own."""


def _networks(config: Config) -> list[Any]:
    found = []
    for word in tk.aslist(config.get(health.SETTING) or []):
        with contextlib.suppress(ValueError):
            found.append(ipaddress.ip_network(word, strict=False))
    return found


def _everybody(config: Config) -> str | None:
    wide = [
        str(each) for each in _networks(config) if each.prefixlen < WIDEST[each.version]
    ]
    if wide:
        said = tk._("Half the world may ask /readyz and /metrics: {networks}.")
        return said.format(networks=", ".join(wide))
    # Behind a proxy that is not counted everybody has the proxy's address.
    behind = str(config.get("ckan.site_url") or "").startswith("https://")
    if behind and not config.get(addresses.SETTING) and _networks(config):
        return tk._(
            "No proxy is counted: whoever comes by it has its address, and with it "
            "may ask /readyz and /metrics."
        )
    return None


RULES = [
    Rule(
        "health-allow",
        "weak",
        _everybody,
        "Set ckanext.edudata.proxy_hops to the number of your proxies, and "
        "ckanext.edudata.health.allow to the addresses of those who watch.",
    ),
]
