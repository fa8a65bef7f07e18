"""A small daemon that speaks ClamAV's INSTREAM: counts, and knows one signature."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from typing import Any

# In two parts: a scanner of the machine would take this file away.
EICAR = (
    rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-"
    rb"ANTIVIRUS-TEST-FILE!$H+H*"
)


class Daemon:
    """`seen`: what was sent to be scanned; `answer`: said instead of the truth;
    `limit`: bytes after which it hangs up."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.answer: bytes | None = None
        self.limit = 1 << 20
        self.still = threading.Event()
        self.still.set()
        self.setting = ""

    def serve(self, link: socket.socket) -> None:
        if _exactly(link, 10) != b"zINSTREAM\0":
            link.sendall(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := struct.unpack("!L", _exactly(link, 4))[0]:
            content += _exactly(link, length)
            if len(content) > self.limit:
                link.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                # Read on, so that the answer is not lost to a reset.
                link.shutdown(socket.SHUT_WR)
                while link.recv(1 << 16):
                    pass
                return
        self.seen.append(content)
        self.still.wait(20)
        link.sendall(self._said(content) if self.answer is None else self.answer)

    def _said(self, content: bytes) -> bytes:
        if EICAR in content:
            return b"stream: Win.Test.EICAR_HDB-1 FOUND\0"
        return b"stream: OK\0"


def _exactly(link: socket.socket, length: int) -> bytes:
    content = b""
    while len(content) < length:
        part = link.recv(length - len(content))
        if not part:
            raise ConnectionError
        content += part
    return content


@contextlib.contextmanager
def daemon(path: str = "") -> Iterator[Daemon]:
    """One that runs: on a socket of this path, or on a port of this machine."""
    state = Daemon()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                state.serve(self.request)

    kind: Any = socketserver.ThreadingTCPServer
    where: Any = ("127.0.0.1", 0)
    if path:
        kind, where = socketserver.ThreadingUnixStreamServer, path
    with kind(where, Handler) as server:
        server.daemon_threads = True
        state.setting = path or f"tcp://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        try:
            yield state
        finally:
            state.still.set()
            server.shutdown()
