"""The state folder: its secrets, its sockets, its locks."""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stack.launcher.home import (
    LONGEST_SOCKET,
    Home,
    fits,
    free_port,
    port_free,
    readable_password,
    write_private,
)
from stack.launcher.say import Trouble
from stack.launcher.stack import check_port


def test_secrets_are_the_owners_alone_and_stay(home: Home) -> None:
    first = home.secrets()
    path = home.path / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert home.secrets() == first
    assert len(set(first.values())) == len(first)
    assert all(len(value) >= 16 for value in first.values())


def test_a_new_secret_is_added_and_old_ones_stay(home: Home) -> None:
    first = home.secrets()
    kept = {name: value for name, value in first.items() if name != "solr"}
    home.write("secrets.json", kept)
    second = home.secrets()
    assert {name: second[name] for name in kept} == kept
    assert second["solr"] != first["solr"]


def test_two_folders_have_different_secrets(tmp_path: Path) -> None:
    one, two = Home(tmp_path, tmp_path / "1"), Home(tmp_path, tmp_path / "2")
    one.make()
    two.make()
    assert not set(one.secrets().values()) & set(two.secrets().values())


def test_demo_passwords_hold_every_kind_of_character() -> None:
    for _ in range(200):
        word = readable_password()
        assert len(word) >= 16
        for kind in (str.isupper, str.islower, str.isdigit):
            assert any(map(kind, word))
        assert "-" in word


def test_a_private_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_private(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_private(path, "\ud800")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0/"), max_size=120))
@settings(max_examples=200, deadline=None)
def test_where_sockets_are_said_to_fit_they_can_be_bound(name: str) -> None:
    folder = Path("/tmp") / f"e{name}"
    if not fits(folder):
        return
    folder = Path(f"{folder}-{os.getpid()}")
    if not fits(folder):
        return
    target = Path(f"{folder}{LONGEST_SOCKET}")
    target.parent.mkdir(parents=True)
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(str(target))
    finally:
        target.unlink(missing_ok=True)
        target.parent.rmdir()
        folder.rmdir()


@pytest.mark.parametrize("name", ["a b", "目录", "x" * 90])
def test_awkward_folders_get_short_plain_socket_folders(
    tmp_path: Path, name: str
) -> None:
    home = Home(tmp_path, tmp_path / name)
    home.make()
    run = home.make_run()
    try:
        assert fits(run)
        assert tmp_path not in run.parents
        assert run.stat().st_uid == os.getuid()
        assert not run.stat().st_mode & 0o066
    finally:
        run.rmdir()


def test_a_socket_folder_put_there_by_another_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path, tmp_path / "a b")
    home.make()
    trap = tmp_path / "trap"
    trap.mkdir()
    home.run.symlink_to(trap)
    try:
        with pytest.raises(Trouble):
            home.make_run()
    finally:
        home.run.unlink()


def test_an_unwritable_place_is_said_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Trouble) as caught:
        Home(tmp_path, file / "state").make()
    assert "EDUDATA_PORTAL_HOME" in caught.value.zh
    assert "EDUDATA_PORTAL_HOME" in caught.value.en


def test_a_folder_that_ckan_cannot_read_is_refused(tmp_path: Path) -> None:
    """CKAN interpolates the path of its own ini."""
    with pytest.raises(Trouble):
        Home(tmp_path, tmp_path / "50%").make()


def hold(home: Home, ready: object, go: object) -> None:
    with home.lock("tests"):
        ready.set()  # type: ignore[attr-defined]
        go.wait(20)  # type: ignore[attr-defined]


def test_a_lock_is_seen_by_other_processes_and_ends_with_its_holder(
    home: Home,
) -> None:
    context = multiprocessing.get_context("fork")
    ready, go = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(home, ready, go))
    holder.start()
    assert ready.wait(20)
    assert home.locked("tests")
    holder.kill()
    holder.join()
    assert not home.locked("tests")


def test_a_damaged_state_file_is_like_none(home: Home) -> None:
    (home.path / "state.json").write_text("{")
    home.note(port=5001)
    assert json.loads((home.path / "state.json").read_text()) == {"port": 5001}


def test_a_taken_port_is_named_with_a_free_one() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        taken = sock.getsockname()[1]
        assert not port_free(taken)
        assert free_port(taken) != taken
        with pytest.raises(Trouble) as caught:
            check_port(taken)
    for sentence in (caught.value.zh, caught.value.en):
        assert str(taken) in sentence
        proposed = int(sentence.split("--port ")[1])
        assert proposed != taken
        assert port_free(proposed)
    assert free_port(taken) == taken
