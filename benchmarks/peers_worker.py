"""Reads texts (JSON list) and writes what each tool calls what it finds in them.

Runs in the environment of ``requirements.txt`` and imports nothing of the project.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable


def _presidio(language: str) -> Callable[[str], list[str]]:
    """All recognizers that come with it for a language, without a model of names."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    registry = RecognizerRegistry(supported_languages=[language])
    registry.load_predefined_recognizers(languages=[language])
    registry.remove_recognizer("SpacyRecognizer")
    model = {"lang_code": language, "model_name": "no_op"}
    engine = AnalyzerEngine(
        registry=registry,
        nlp_engine=NoOpNlpEngine(models=[model]),
        supported_languages=[language],
    )
    return lambda text: [r.entity_type for r in engine.analyze(text, language)]


def _helan() -> Callable[[str], list[str]]:
    import helan  # pyright: ignore[reportMissingImports]

    return lambda text: [entity.type for entity in helan.recognize(text)]


def _datafog() -> Callable[[str], list[str]]:
    import datafog  # pyright: ignore[reportMissingImports]

    return lambda text: [entity.type for entity in datafog.scan(text).entities]


TOOLS = {
    "Presidio, en": lambda: _presidio("en"),
    "Presidio, zh": lambda: _presidio("zh"),
    "helan": _helan,
    "datafog": _datafog,
}


def main() -> None:
    logging.disable(logging.CRITICAL)
    texts = json.load(sys.stdin)
    answers = {}
    for name, make in TOOLS.items():
        tool = make()
        tool("a")
        started = time.process_time()
        found = [sorted(set(tool(text))) for text in texts]
        answers[name] = {"found": found, "seconds": time.process_time() - started}
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
