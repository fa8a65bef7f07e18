"""`edudata-check` as an owner runs it: the real program, without any network."""

from __future__ import annotations

import functools
import io
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from ckanext.edudata.desensitization import command, sandbox
from tests.desensitization import rosters

ROSTER = rosters.roster(30)
SECRETS = [row[place] for row in ROSTER[1:] for place in (0, 3, 5)]
CLEAN = [
    ["学校代码", "学校名称", "班级数"],
    *([f"31010{n:05d}", f"示例第{n}小学", str(n % 30 + 10)] for n in range(60)),
]


def program() -> list[str]:
    installed = Path(sys.executable).with_name("edudata-check")
    if installed.exists():
        return [str(installed)]
    return [sys.executable, "-m", "ckanext.edudata.desensitization.command"]


@functools.cache
def without_network() -> tuple[str, ...]:
    """A prefix that takes the network away, where the machine allows it."""
    prefix = ("unshare", "--user", "--map-root-user", "--net")
    if not shutil.which("unshare"):
        return ()
    done = subprocess.run([*prefix, "true"], capture_output=True)
    return prefix if done.returncode == 0 else ()


class Person:
    """Somebody at a shell, in a folder of their own, with a folder for scratch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scratch = folder / "tmp"
        self.scratch.mkdir()
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(self.scratch),
            "LANG": "en_US.UTF-8",
            "TERM": "xterm",
        }

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            [*without_network(), *program(), *arguments],
            cwd=self.folder,
            env={**self.env, **env},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        assert list(self.scratch.iterdir()) == [], "something was left behind"
        return done

    def start(self, *arguments: str, **streams: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*program(), *arguments], cwd=self.folder, env=self.env, **streams
        )


@pytest.fixture(scope="module")
def person(tmp_path_factory) -> Person:
    folder = tmp_path_factory.mktemp("owner")
    rosters.write_xlsx(ROSTER, folder / "名册.xlsx")
    rosters.write_csv(ROSTER, folder / "roster.csv")
    rosters.write_csv(ROSTER[1:], folder / "nohead.csv")
    rosters.write_csv(CLEAN, folder / "schools.csv")
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 broken")
    (folder / "folder").mkdir()
    return Person(folder)


FILES = ("名册.xlsx", "roster.csv", "nohead.csv", "schools.csv", "broken.xlsx")


@pytest.fixture(scope="module")
def reports(person) -> dict[str, bytes]:
    """The same files in each format, with all that the program said beside."""
    found = {}
    for kind in ("text", "json", "html", "xlsx"):
        done = person.run("--format", kind, *FILES)
        assert done.returncode == 1, done.stderr
        assert done.stderr == b""
        found[kind] = done.stdout
    return found


def test_says_what_it_found_in_which_file(reports):
    by_name = {item["file"]: item for item in json.loads(reports["json"])}
    assert {name: item["verdict"] for name, item in by_name.items()} == {
        "名册.xlsx": "blocked",
        "roster.csv": "blocked",
        "nohead.csv": "blocked",
        "schools.csv": "clear",
        "broken.xlsx": "unreadable",
    }
    found = {(f["column"], f["entity"]): f for f in by_name["名册.xlsx"]["findings"]}
    identity = found["身份证号", "CN_RESIDENT_ID"]
    assert (identity["sheet"], identity["where"]) == ("名册", "cell")
    assert (identity["rows"][0], identity["count"]) == (3, 30)
    assert identity["clause"]
    assert identity["advice"]
    assert by_name["broken.xlsx"]["reason"]["text"]


def test_no_value_is_in_any_report(reports):
    with zipfile.ZipFile(io.BytesIO(reports["xlsx"])) as book:
        texts = b"".join(book.read(name) for name in book.namelist())
    for kind, data in {**reports, "xlsx": texts}.items():
        assert [s for s in SECRETS if s.encode() in data] == [], kind


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (["schools.csv"], 0),
        (["schools.csv", "broken.xlsx"], 2),
        (["broken.xlsx", "roster.csv"], 1),
    ],
)
def test_its_exit_code_tells_the_outcome(person, files, code):
    assert person.run(*files).returncode == code


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-"],
        ["missing.csv"],
        ["schools.csv", "missing.csv"],
        ["folder"],
        ["/dev/null"],
        ["--format", "pdf", "schools.csv"],
        ["--fast", "schools.csv"],
        ["--k", "0", "schools.csv"],
        ["--k"],
        ["--except", "电话", "schools.csv"],
        ["--lang", "fr", "schools.csv"],
        ["-o", "schools.csv", "schools.csv"],
        ["-o", "nowhere/report.json", "schools.csv"],
        ["-o", "/dev/null", "schools.csv"],
        ["--reveal", "roster.csv"],
        ["--reveal", "-o", "report.json", "roster.csv"],
    ],
)
def test_wrong_use_is_told_before_anything_is_read(person, arguments):
    before = (person.folder / "schools.csv").read_bytes()
    done = person.run(*arguments)
    assert done.returncode == 64
    assert done.stdout == b""
    assert len(done.stderr) > 30
    assert not any(secret.encode() in done.stderr for secret in SECRETS)
    assert (person.folder / "schools.csv").read_bytes() == before


def test_the_name_of_the_report_says_what_it_is(person):
    done = person.run("-o", "report.xlsx", "roster.csv")
    assert done.returncode == 1
    report = person.folder / "report.xlsx"
    assert zipfile.is_zipfile(report)
    assert report.stat().st_mode & 0o077 == 0
    assert done.stdout == b""


def test_speaks_chinese_first_and_in_the_encoding_of_the_terminal(person):
    said = person.run("schools.csv", LANG="zh_CN.UTF-8").stdout.decode()
    assert "未发现个人信息" in said
    done = person.run("schools.csv", "--lang", "zh", PYTHONIOENCODING="gb18030")
    assert "未发现个人信息" in done.stdout.decode("gb18030")
    done = person.run("名册.xlsx", "--lang", "zh", PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def test_an_option_changes_what_is_looked_at(person):
    rosters.write_csv(
        [["学校名称", "办公电话"]]
        + [[f"示例第{n}小学", f"021-6437{n:04d}"] for n in range(1000, 1040)],
        person.folder / "offices.csv",
    )
    assert person.run("offices.csv").returncode == 1
    done = person.run("--institutions", "--format", "json", "offices.csv")
    (item,) = json.loads(done.stdout)
    assert (done.returncode, item["verdict"]) == (0, "clear")
    assert {f["passed"] for f in item["findings"]} == {"institutions"}
    assert person.run("--except", "办公电话:LANDLINE", "offices.csv").returncode == 0


def test_names_its_version_and_its_rules(person):
    said = person.run("--version").stdout.decode()
    assert "edudata-check " in said
    assert "2026." in said
    assert person.run("--help").returncode == 0


def test_loads_neither_ckan_nor_a_reader_itself():
    code = (
        "import sys, ckanext.edudata.desensitization.command;"
        "print([m for m in sys.modules if m.split('.')[0] in ('ckan', 'flask', "
        "'sqlalchemy', 'presidio_analyzer', 'numpy', 'python_calamine')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def test_where_nothing_can_confine_a_file_it_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(command.sys, "platform", "win32")
    assert command.main(["--lang", "en", __file__]) == 64
    assert "wsl --install" in capsys.readouterr().err


def test_a_file_that_may_not_be_read_is_unreadable(person, monkeypatch, capsys):
    def closed(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(command, "check_file", closed)
    name = str(person.folder / "schools.csv")
    assert command.main(["--lang", "en", "--format", "json", name]) == 2
    (item,) = json.loads(capsys.readouterr().out)
    assert (item["verdict"], item["reason"]["code"]) == ("unreadable", "no_access")


def test_a_broken_installation_is_not_blamed_on_the_file(person, monkeypatch, capsys):
    monkeypatch.setattr(sandbox, "_BOOT", "raise SystemExit")
    name = str(person.folder / "schools.csv")
    assert command.main(["--lang", "en", name]) == 2
    assert "did not start" in capsys.readouterr().err


def test_an_interrupt_leaves_nothing_behind(person):
    running = person.start("roster.csv", stdout=-1, stderr=-1)
    until = time.monotonic() + 60
    while not list(person.scratch.iterdir()):
        assert time.monotonic() < until
        time.sleep(0.02)
    child = children(running.pid)
    running.send_signal(signal.SIGINT)
    said, complaint = running.communicate(timeout=30)
    assert running.returncode == 130
    assert said == b""
    assert b"Traceback" not in complaint
    assert list(person.scratch.iterdir()) == []
    until = time.monotonic() + 20
    while [pid for pid in child if alive(pid)]:
        assert time.monotonic() < until, "the child goes on"
        time.sleep(0.1)


def test_who_stops_reading_gets_no_complaint(person):
    reading, writing = os.pipe()
    running = person.start("roster.csv", stdout=writing, stderr=-1)
    os.close(writing)
    os.close(reading)
    _, complaint = running.communicate(timeout=60)
    assert complaint == b""
    assert running.returncode == 128 + signal.SIGPIPE
    assert list(person.scratch.iterdir()) == []


def test_shows_values_on_the_owners_own_terminal_alone(person):
    said = at_terminal(person, "--reveal", "名册.xlsx")
    first = ROSTER[1]
    for place in (0, 3, 5):
        assert f"row 3: {first[place]}" in said


def test_reveals_titles_and_says_where_it_cannot(person):
    path = person.folder / "places.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        sheet.write(0, 0, "咨询手机13812345678")
        for number, row in enumerate(CLEAN[:20], 1):
            sheet.write_row(number, 0, row)
        sheet.write(9, 1, "家长电话13987654321")
        sheet.write_comment(3, 1, "请拨打15012345678")
    said = at_terminal(person, "--reveal", "places.xlsx")
    assert "row 1: 咨询手机13812345678" in said
    assert "row 10: 家长电话13987654321" in said
    assert "stands in no cell" in said
    assert "15012345678" not in said


def test_shows_progress_at_a_terminal(person):
    said = at_terminal(person, "roster.csv", "schools.csv")
    assert "[1/2] roster.csv" in said
    assert "[2/2] schools.csv" in said
    assert not any(secret in said for secret in SECRETS)


def at_terminal(person: Person, *arguments: str) -> str:
    """All that a terminal was sent."""
    ours, theirs = pty.openpty()
    running = person.start(*arguments, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                block = os.read(ours, 65536)
            except OSError:
                break
            if not block:
                break
            said += block
    os.close(ours)
    assert running.wait(30) == 1
    return said.decode()


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(number) for number in found.read_text().split()]


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
