"""What can be shown of docker/ without a container engine."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ckan.cli import CKANConfigLoader

ROOT = Path(__file__).resolve().parents[1]
DOCKER = ROOT / "docker"
LINTS = {
    "hadolint": [DOCKER / "Dockerfile"],
    "shellcheck": [DOCKER / "entrypoint.sh", DOCKER / "postgres" / "init.sh"],
    "check-jsonschema": [
        "--builtin-schema",
        "vendor.compose-spec",
        DOCKER / "compose.yaml",
    ],
}
ENVIRON = {
    "EDUDATA_SECRET_KEY": "a" * 32,
    "EDUDATA_CSRF_KEY": "b" * 32,
    "EDUDATA_TOKEN_KEY": "c" * 32,
    "EDUDATA_APPLICANTS_KEYS": "d" * 64,
    "EDUDATA_IDENTITY_KEYS": "e" * 64,
    "CKAN_SITE_URL": "https://data.example.org",
    "CKAN_STORAGE_PATH": "/var/lib/ckan",
}


@pytest.mark.parametrize("program", LINTS)
def test_lint(program):
    place = Path(sys.executable).parent / program
    found = str(place) if place.exists() else shutil.which(program)
    if not found:
        pytest.skip(f"{program} is not installed")
    done = subprocess.run(
        [found, *LINTS[program]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def configure():
    spec = importlib.util.spec_from_file_location("configure", DOCKER / "configure.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_configuration_is_read_by_ckan(configure, tmp_path, monkeypatch):
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    target = tmp_path / "ckan.ini"
    configure.main(str(ROOT / "stack" / "ckan.ini.in"), str(target))
    assert target.stat().st_mode & 0o777 == 0o600
    config = CKANConfigLoader(str(target)).get_config()
    assert config["SECRET_KEY"] == ENVIRON["EDUDATA_SECRET_KEY"]
    assert config["ckan.site_url"] == ENVIRON["CKAN_SITE_URL"]
    assert config["SESSION_COOKIE_SECURE"] == "true"
    assert config["ckanext.edudata.environment"] == "production"
    assert config["ckanext.edudata.proxy_hops"] == "1"
    assert config["ckanext.edudata.identity.keys"] == "e" * 64
    assert config["ckan.plugins"].split()[0] == "edudata"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("EDUDATA_SECRET_KEY", ""),
        ("EDUDATA_CSRF_KEY", "short"),
        ("EDUDATA_TOKEN_KEY", "c" * 32 + "\nckan.plugins = other"),
        ("EDUDATA_APPLICANTS_KEYS", ""),
        ("EDUDATA_APPLICANTS_KEYS", "d" * 64 + "\nckan.plugins = other"),
        ("EDUDATA_IDENTITY_KEYS", ""),
        ("EDUDATA_PROXY_HOPS", "1\nckan.plugins = other"),
        ("CKAN_SITE_URL", ""),
    ],
)
def test_no_start_without_secrets(configure, variable, value):
    template = (ROOT / "stack" / "ckan.ini.in").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=variable):
        configure.configuration(template, {**ENVIRON, variable: value})


def test_a_place_nobody_fills_is_told(configure):
    with pytest.raises(ValueError, match="@newcomer@"):
        configure.configuration("key = @newcomer@\n", ENVIRON)


def test_every_variable_is_explained_and_no_secret_given():
    asked = set(re.findall(r"\$\{(\w+)", (DOCKER / "compose.yaml").read_text()))
    lines = (DOCKER / ".env.example").read_text(encoding="utf-8").splitlines()
    given = dict(
        line.split("=", 1) for line in lines if line and not line.startswith("#")
    )
    assert asked == set(given)
    secrets = [name for name in given if re.search("PASSWORD|_KEYS?$", name)]
    assert len(secrets) == 11
    assert not [name for name in secrets if given[name]]


def test_what_the_image_copies_is_there():
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    ignored = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    allowed = [line[1:] for line in ignored.splitlines() if line.startswith("!")]
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        *sources, _ = [word for word in line.split() if not word.startswith("--")]
        for source in sources:
            assert (ROOT / source).exists(), source
            assert any(Path(source).match(pattern) for pattern in allowed), source
