"""The recognizers of personal data, one identifier to a file.

Pages judge by profiles and need the words of names, but not Presidio: what imports it
(:mod:`.registry`) is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .registry import RECOGNIZERS, TableRecognizer, analyzer, build_registry

__all__ = ["RECOGNIZERS", "TableRecognizer", "analyzer", "build_registry"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from . import registry

    return getattr(registry, name)
