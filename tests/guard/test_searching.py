"""Searches go by one connection; a lost one costs no search."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ckan.lib.search import query
from ckan.tests import helpers

from ckanext.edudata.guard import searching

_ANSWER = b'{"response": {"numFound": 0, "start": 0, "docs": []}}'


class _Index(ThreadingHTTPServer):
    callers: list[int]
    hang_up: bool


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Index  # type: ignore[assignment]

    def do_GET(self) -> None:
        self.server.callers.append(self.client_address[1])
        self.send_response(200)
        self.send_header("Content-Length", str(len(_ANSWER)))
        self.end_headers()
        self.wfile.write(_ANSWER)
        # As a server that is stopped does: no word of it in the answer.
        self.close_connection = self.server.hang_up

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def index() -> Iterator[_Index]:
    server = _Index(("127.0.0.1", 0), _Answers)
    server.daemon_threads, server.callers, server.hang_up = True, [], False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}/solr/x"
    with helpers.changed_config("solr_url", url):
        yield server
    server.shutdown()
    server.server_close()


def ask() -> None:
    searching.install(None)
    assert query.make_connection().search("*:*").hits == 0


def test_searches_of_a_thread_go_by_one_connection(
    index: _Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    ask()
    assert len(index.callers) == 2
    assert len(set(index.callers)) == 1
    other = threading.Thread(target=ask)
    other.start()
    other.join()
    assert index.callers[2] != index.callers[0]
    monkeypatch.setattr(searching, "IDLE", -1.0)
    ask()
    assert index.callers[3] != index.callers[0]


def test_a_connection_that_was_ended_is_made_anew(index: _Index) -> None:
    index.hang_up = True
    for _ in range(30):
        ask()
    assert len(set(index.callers)) == 30
