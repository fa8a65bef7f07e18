"""Another engine for names in place of LAC, named by the operator.

``EDUDATA_NAME_ENGINE=package.module:factory`` or ``package.module:factory@label``: the
factory takes nothing and gives an object with ``persons(texts) -> [[(start, end)]]``,
as :class:`.lac.Lac` has it. The label names the weights; with the name of the factory
it is part of the rule set, so that other weights are other rules.

It fails closed: where the engine cannot be loaded or answers nonsense, files whose
texts it had to read are ``unreadable``.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Sequence
from typing import Any, Protocol

from ..reasons import Unreadable

VARIABLE = "EDUDATA_NAME_ENGINE"
_FORM = re.compile(
    r"(?P<module>[\w.]+):(?P<factory>\w+)(?:@(?P<label>[\w.+\-]{1,80}))?"
)
Spans = list[tuple[int, int]]


class Engine(Protocol):
    def persons(self, texts: Sequence[str]) -> list[Spans]:
        """For each text the spans ``(start, end)`` of the persons in it."""
        ...


class Guarded:
    """An operator's engine, whose answers are looked at before they are believed."""

    def __init__(self, given: str) -> None:
        self._given = given
        self._engine: Any = None

    def persons(self, texts: Sequence[str]) -> list[Spans]:
        """As :meth:`Engine.persons`. Raises ``Unreadable`` with code ``name_engine``
        where there is no answer of this shape."""
        try:
            if self._engine is None:
                self._engine = load(self._given)
            answer = [
                [(int(start), int(end)) for start, end in spans]
                for spans in self._engine.persons(list(texts))
            ]
        except Exception as error:
            # Its message might quote a text.
            raise self._failed() from error
        right = len(answer) == len(texts) and all(
            0 <= start < end <= len(text)
            for text, spans in zip(texts, answer, strict=False)
            for start, end in spans
        )
        if not right:
            raise self._failed()
        return [sorted(set(spans)) for spans in answer]

    def _failed(self) -> Unreadable:
        return Unreadable("name_engine", engine=self._given)


def load(given: str) -> Engine:
    """The engine that a setting names. Raises ``ValueError``, ``TypeError`` or what
    the import or the factory raises."""
    form = _FORM.fullmatch(given)
    if not form:
        raise ValueError(
            f"{VARIABLE} must look like package.module:factory, not {given!r}."
        )
    factory = getattr(importlib.import_module(form["module"]), form["factory"])
    engine = factory()
    if not callable(getattr(engine, "persons", None)):
        raise TypeError(f"What {given} gives has no method persons(texts).")
    return engine


def setting() -> str:
    """What the operator has set, or nothing."""
    return os.environ.get(VARIABLE, "").strip()
