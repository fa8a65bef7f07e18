"""Commands that belong to no room of the data's way."""

from __future__ import annotations

from ckanext.edudata.demo.cli import demo

__all__ = ["demo"]
