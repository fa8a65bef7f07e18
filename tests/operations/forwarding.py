"""A service behind a port that a test can shut; the service runs on for others."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy.engine import make_url


class Door:
    """A port on loopback that leads to an address, until it is shut."""

    def __init__(self, target: tuple[str, int] | str) -> None:
        self.target = target
        self.open: list[socket.socket] = []
        self.listener: socket.socket | None = None
        self.port = 0
        self.mend()

    def mend(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self.port, self.listener = listener.getsockname()[1], listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def shut(self) -> None:
        if self.listener is not None:
            _end(self.listener)
            self.listener = None
        while self.open:
            _end(self.open.pop())

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                if isinstance(self.target, str):
                    far = socket.socket(socket.AF_UNIX)
                    far.connect(self.target)
                else:
                    far = socket.create_connection(self.target)
            except OSError:
                _end(near)
                continue
            self.open += [near, far]
            for pair in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=pair, daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(1 << 16):
            sink.sendall(data)
    except OSError:
        pass
    _end(source)
    _end(sink)


def _end(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()


def postgres(url: str) -> tuple[Door, str]:
    """A door to a database, and its address through the door."""
    made = make_url(url)
    query = dict(made.query)
    host = str(query.pop("host", "") or made.host or "127.0.0.1")
    port = int(str(query.pop("port", "") or made.port or 5432))
    target = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)
    door = Door(target)
    through = made.set(host="127.0.0.1", port=door.port, query=query)
    return door, through.render_as_string(hide_password=False)


def tcp(url: str) -> tuple[Door, str]:
    """A door to a service with an address of its own kind, and that through it."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        door = Door(parts.path)
        secret = f":{parts.password}@" if parts.password else ""
        number = dict(p.split("=") for p in parts.query.split("&") if p).get("db", "0")
        return door, f"redis://{secret}127.0.0.1:{door.port}/{number}"
    default = {"redis": 6379, "http": 80}[parts.scheme]
    door = Door((parts.hostname or "127.0.0.1", parts.port or default))
    user = parts.netloc.rpartition("@")
    place = f"{user[0]}{user[1]}127.0.0.1:{door.port}"
    return door, urlunsplit(parts._replace(netloc=place))
