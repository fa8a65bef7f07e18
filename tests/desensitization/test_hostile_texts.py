"""Hostile texts, archives and columns cost a verdict and nothing else (promise 4)."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ckanext.edudata.desensitization.report import CheckReport
from tests.desensitization import hostile_texts


@pytest.mark.parametrize("name", hostile_texts.FILES)
def test_a_hostile_file_gets_a_verdict(
    name: str, tmp_path: Path, check: Callable[..., CheckReport]
) -> None:
    path = hostile_texts.write(name, tmp_path)
    started = time.monotonic()
    report = check(path, memory=1 << 30, cpu_seconds=60, wall_seconds=60)
    code = report.reason.code if report.reason else None
    assert code in hostile_texts.FILES[name][1]
    assert (report.verdict == "unreadable") == (report.reason is not None)
    assert time.monotonic() - started < 30
    assert json.dumps(report.to_dict())
    if report.reason:
        assert report.reason.text()


def test_nobody_is_asked_over_the_network(
    tmp_path: Path, check: Callable[..., CheckReport]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = threading.Event()

        def answer() -> None:
            server.settimeout(3)
            try:
                server.accept()[0].close()
                asked.set()
            except OSError:
                pass

        thread = threading.Thread(target=answer)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        for number, text in enumerate(
            [
                f'<!DOCTYPE a SYSTEM "{address}.dtd"><a><b>1</b></a>',
                f'<!DOCTYPE a [<!ENTITY e SYSTEM "{address}">]><a>&e;</a>',
                f'<?xml-stylesheet href="{address}"?><a><b>1</b></a>',
                f'<html><link rel="stylesheet" href="{address}"><p>x</p></html>',
            ]
        ):
            path = tmp_path / f"{number}.xml"
            path.write_text(text)
            check(path)
        thread.join()
    assert not asked.is_set()
