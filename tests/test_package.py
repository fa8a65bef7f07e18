"""The wheel works beside CKAN's, in an environment with nothing of this tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("ckanext", "schemas", "i18n", "setup.py", "pyproject.toml", "README.md")

PROBE = r"""
import sys

import ckanext.edudata
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app

assert sys.prefix in ckanext.edudata.__path__[0], ckanext.edudata.__path__
app = make_app(CKANConfigLoader(sys.argv[1]).get_config())

import ckan.plugins.toolkit as tk
from ckan.plugins import plugin_loaded

assert plugin_loaded("edudata")
tk.get_action("edudata_release")
with app._wsgi_app.test_request_context():
    schema = tk.get_action("scheming_dataset_schema_show")({}, {"type": "entry"})
    assert any(f["field_name"] == "no_state_secret" for f in schema["dataset_fields"])
    unit = tk.get_action("scheming_organization_schema_show")(
        {}, {"type": "organization"}
    )
    assert any(f["field_name"] == "superior" for f in unit["fields"])
print("PACKAGE OK")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from a copy of the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        path = ROOT / name
        if path.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(path, source / name, ignore=ignored)
        else:
            shutil.copy(path, source / name)
    pytest.importorskip("setuptools")
    pytest.importorskip("build", reason="the package build is not installed")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    done = subprocess.run(
        [*command, "--outdir", str(folder), str(source)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return next(folder.glob("*.whl"))


def tracked(folder: str) -> set[str]:
    """Files of a folder in the tree, relative to the tree; bytecode left out."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.slow
def test_everything_is_in_the_wheel(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    missing = {
        name
        for name in tracked("ckanext/edudata")
        if name not in inside and not name.endswith(".orig")
    }
    for folder in ("schemas", "i18n"):
        wanted = (".yaml", ".py", ".mo", ".po", ".pot")
        missing |= {
            name
            for name in tracked(folder)
            if name.endswith(wanted) and f"ckanext/edudata/{name}" not in inside
        }
    assert not missing
    assert not [name for name in inside if name.startswith(("tests", "stack"))]


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    """Python of an empty environment with CKAN's wheel and ours."""
    uv = _uv()
    if uv is None:
        pytest.skip("uv is not installed, so no empty environment can be made")
    folder = tmp_path_factory.mktemp("empty")
    python = folder / "bin" / "python"
    override = folder / "override.txt"
    steps = [
        ["venv", "--quiet", "--python", sys.executable, "--clear", str(folder)],
        [
            *("pip", "install", "--quiet", "--python", str(python)),
            *("--override", str(override)),
            *(
                "ckan[requirements]==2.12.0",
                "psycopg2-binary",
                "pylibmagic",
                str(wheel),
            ),
        ],
    ]
    for step in steps:
        if step[0] == "pip":
            shutil.copy(ROOT / "stack" / "overrides.txt", override)
        done = subprocess.run([uv, *step], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    return python


def _uv() -> str | None:
    place = Path(sys.executable).parent / "uv"
    boot = ROOT / ".portal" / "boot" / "bin" / "uv"
    for path in (place, boot):
        if path.exists():
            return str(path)
    return shutil.which("uv")


@pytest.mark.slow
def test_the_plugin_runs_from_the_wheel(environment, tmp_path):
    script = tmp_path / "probe.py"
    script.write_text(PROBE, encoding="utf-8")
    config = tmp_path / "test.ini"
    shutil.copy(ROOT / "test.ini", config)
    bare = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [str(environment), str(script), str(config)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=bare,
    )
    assert "PACKAGE OK" in done.stdout, done.stderr[-3000:]
    ckan = environment.parent / "ckan"
    listed = subprocess.run(
        [str(ckan), "-c", str(config), "edudata", "demo", "load", "--help"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=bare,
    )
    assert "--data" in listed.stdout, listed.stderr[-2000:]
    heads = subprocess.run(
        [str(ckan), "-c", str(config), "db", "pending-migrations"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=bare,
    )
    assert heads.returncode == 0, heads.stderr[-2000:]
    assert "edudata" not in heads.stdout
