"""What templates ask of the guards."""

from __future__ import annotations

import hashlib

import ckan.plugins.toolkit as tk


def edudata_site_style() -> str:
    """Short digest of the site's own style sheet, so that a changed one is fetched."""
    css = str(tk.config.get("ckan.site_custom_css") or "")
    return hashlib.sha256(css.encode()).hexdigest()[:8]
