"""What pages say to programs about an open dataset."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from markupsafe import Markup

from ckanext.edudata.portal import dcat_schemaorg, dcat_words


def edudata_schemaorg(pkg: dict[str, Any]) -> Markup | None:
    """JSON-LD of an open dataset, safe inside a script element."""
    found = dcat_schemaorg.of_dataset(
        pkg,
        site_url=tk.config["ckan.site_url"],
        site_title=tk.config.get("ckan.site_title") or "",
        labels={
            field: tk.h.edudata_choice_label(field, pkg[field])
            for field in ("district", "license_id")
            if pkg.get(field)
        },
    )
    if found is None:
        return None
    text = json.dumps(found, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704  nothing in it ends the element


def edudata_rdf_links(pkg: dict[str, Any]) -> list[dict[str, str]]:
    """Addresses of a dataset as RDF: `[{url, type, name}]`, none for stopped ones."""
    if not dcat_words.served(pkg):
        return []
    base = tk.config["ckan.site_url"].rstrip("/")
    forms = (
        ("ttl", "text/turtle", "Turtle"),
        ("jsonld", "application/ld+json", "JSON-LD"),
        ("xml", "application/rdf+xml", "RDF/XML"),
    )
    return [
        {"url": f"{base}/dataset/{pkg['name']}.{ending}", "type": kind, "name": name}
        for ending, kind, name in forms
    ]
