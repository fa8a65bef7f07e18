"""A client of ClamAV's daemon, for its one command INSTREAM. Pure; no CKAN.

The packages for it on PyPI are unmaintained. The protocol is in clamd(8): `zINSTREAM`
and NUL, chunks each after its length in four bytes, a length of zero; one answer that
ends with NUL. Whatever else comes back, or nothing in time, is no clearance.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import struct
import time
from typing import IO

CHUNK = 1 << 16
LONGEST = 4096
"""Bytes of an answer."""

_CLEAN = b"stream: OK"
_FOUND = re.compile(rb"stream: ([^\0\r\n]{1,1000}) FOUND")
_TOO_LARGE = re.compile(
    rb"INSTREAM(?:: | )size limit exceeded\.? ?ERROR", re.IGNORECASE
)

Place = str | tuple[str, int]


class Unanswered(Exception):  # noqa: N818 - a state of the scanner
    """Nobody knows what is in the file; `why` is address, away, late, odd or size."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def place(setting: str) -> Place:
    """Path of a socket, or address and port on this machine.

    :param setting: `/run/clamav/clamd.ctl`, `unix:/run/…`, `127.0.0.1:3310`,
        `tcp://[::1]:3310`
    :raises ValueError: it is neither; files do not leave this machine unencrypted
    """
    word = setting.strip()
    for start in ("unix://", "unix:"):
        if word.startswith(start):
            word = word[len(start) :]
            break
    if word.startswith("/"):
        return word
    host, _, port = word.removeprefix("tcp://").rpartition(":")
    host = "127.0.0.1" if host == "localhost" else host.strip("[]")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("neither the path of a socket nor an address with a port")
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError("not an address of this machine")
    return host, int(port)


def scan(stream: IO[bytes], setting: str, seconds: float) -> str | None:
    """Name of the malware in what is left of a stream, None where there is none.

    :param seconds: for all of it
    :raises Unanswered: nobody knows
    """
    try:
        where = place(setting)
    except ValueError as error:
        raise Unanswered("address") from error
    until = time.monotonic() + seconds
    try:
        with _connected(where, until) as link:
            try:
                _sent(link, stream, until)
            except (BrokenPipeError, ConnectionResetError):
                # It says why it hung up, or it does not.
                return _read(_answer(link, until))
            return _read(_answer(link, until))
    except TimeoutError as error:
        raise Unanswered("late") from error
    except OSError as error:
        raise Unanswered("away") from error


def _connected(where: Place, until: float) -> socket.socket:
    family = socket.AF_UNIX
    if not isinstance(where, str):
        family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    link = socket.socket(family, socket.SOCK_STREAM)
    try:
        link.settimeout(_left(until))
        link.connect(where)
    except BaseException:
        link.close()
        raise
    return link


def _sent(link: socket.socket, stream: IO[bytes], until: float) -> None:
    link.sendall(b"zINSTREAM\0")
    while chunk := stream.read(CHUNK):
        link.settimeout(_left(until))
        link.sendall(struct.pack("!L", len(chunk)) + chunk)
    link.settimeout(_left(until))
    link.sendall(struct.pack("!L", 0))


def _answer(link: socket.socket, until: float) -> bytes:
    said = b""
    while not said.endswith(b"\0") and len(said) <= LONGEST:
        link.settimeout(_left(until))
        part = link.recv(LONGEST)
        if not part:
            break
        said += part
    return said


def _read(said: bytes) -> str | None:
    """What an answer means: whole, ended by NUL, and one of three.

    :raises Unanswered: it is none
    """
    if not said.endswith(b"\0"):
        raise Unanswered("odd" if said else "away")
    words = said[:-1]
    if words == _CLEAN:
        return None
    found = _FOUND.fullmatch(words)
    if found:
        return found[1].decode("utf-8", "replace")
    raise Unanswered("size" if _TOO_LARGE.fullmatch(words) else "odd")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
