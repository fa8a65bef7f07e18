"""What the launcher says, and what it makes of others' failures."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from stack.launcher.programs import explain, full_disk, run, tail
from stack.launcher.say import Steps, Trouble, languages

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("environ", "spoken"),
    [
        ({"LANG": "zh_CN.UTF-8"}, ("zh",)),
        ({"LANG": "en_US.UTF-8"}, ("en",)),
        ({"LANG": "de_DE"}, ("en",)),
        ({"LANG": "C.UTF-8"}, ("zh", "en")),
        ({}, ("zh", "en")),
        ({"LANG": "en_US", "LC_ALL": "zh_CN"}, ("zh",)),
    ],
)
def test_the_locale_chooses_the_language(
    environ: dict[str, str], spoken: tuple[str, ...]
) -> None:
    assert languages(environ) == spoken


@pytest.mark.parametrize(
    ("output", "clue"),
    [
        ("error: dns error: failed to lookup address information", "PIP_INDEX_URL"),
        ("ConnectionError: HTTPSConnectionPool: Max retries exceeded", "https_proxy"),
        ("OSError: [Errno 28] No space left on device", "EDUDATA_PORTAL_HOME"),
        ("something else\nlast words", "last words"),
    ],
)
def test_a_failure_becomes_a_sentence_with_what_to_do(
    tmp_path: Path, output: str, clue: str
) -> None:
    trouble = explain(output, tmp_path / "install.log", "uv")
    assert clue in trouble.zh
    assert clue in trouble.en


def test_a_real_failing_program_is_explained_and_logged(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = "import sys; print('No space left on device'); sys.exit(3)"
    with pytest.raises(Trouble) as caught:
        run([sys.executable, "-c", script], log)
    assert caught.value.zh == full_disk(tmp_path).zh
    assert tail(log) == ["No space left on device"]


def test_an_unreachable_registry_is_said(tmp_path: Path) -> None:
    """With a real installer and a registry that nobody serves."""
    pip = [sys.executable, "-m", "pip"]
    uv = ROOT / ".portal/boot/bin/uv"
    command = [uv, "pip"] if uv.exists() else pip
    refused = "http://127.0.0.1:9/simple"
    options = ["--index-url", refused, "--target", tmp_path / "t", "no-such-thing"]
    environ = {"UV_HTTP_RETRIES": "0", "PIP_RETRIES": "0", "UV_NO_CACHE": "1"}
    with pytest.raises(Trouble) as caught:
        run([*command, "install", *options], tmp_path / "install.log", environ)
    assert "PIP_INDEX_URL" in caught.value.en


def test_the_count_of_steps_survives_the_change_of_interpreter(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Steps(total=3)
    with first.step("一", "one"):
        pass
    for name, value in first.export().items():
        monkeypatch.setenv(name, value)
    second = Steps(total=3)
    with second.step("二", "two"):
        pass
    assert "[2/3]" in capsys.readouterr().out
    assert second.seconds >= first.seconds - 0.01


def test_a_failed_step_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), Steps(total=1).step("一", "one"):
        raise KeyError
    assert "✗" in capsys.readouterr().out


def test_old_pythons_parse_the_launcher_and_say_what_to_do(tmp_path: Path) -> None:
    source = (ROOT / "portal").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 4))
    pretend = (
        "import sys; sys.version_info = (3, 9, 2, 'final', 0); sys.argv = ['portal'];"
        f"exec(compile(open({str(ROOT / 'portal')!r}, encoding='utf-8').read(),"
        f" {str(ROOT / 'portal')!r}, 'exec'), {{'__file__': {str(ROOT / 'portal')!r}}})"
    )
    done = subprocess.run(
        [sys.executable, "-c", pretend],
        env={"PATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "Python 是 3.9" in done.stderr
    assert "3.10 or newer" in done.stderr
