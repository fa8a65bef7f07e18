"""Brings the portal's services up, prepares their databases, takes them down."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from . import databases, given, services
from .bootstrap import digest
from .home import Home, port_free
from .postgres import Postgres
from .programs import run
from .say import Trouble, say
from .settings import (
    DATABASES,
    REDIS,
    SOLR,
    SOLR_PASSWORD,
    SOLR_USER,
    Services,
    clean_environment,
    given_services,
    redis_url,
    solr_url,
    write_ini,
)
from .supervise import RUNNING, STARTING, Program, Supervisor, sweep

DEFAULT_PORT = 5000
TESTS = "tests"  # name of the lock that a run of the tests holds


class Stack:
    """The services of one state folder, the site's own and the portal's."""

    def __init__(self, home: Home, services_: Services | None = None) -> None:
        self.home = home
        self.services = services_ or given_services()
        self.supervisor = Supervisor(home)
        self.postgres = Postgres(home) if self.services.postgres else None
        self.port = int(home.read("state.json").get("port", DEFAULT_PORT))

    def running(self, name: str) -> bool:
        """Whether a program is up or coming up."""
        state = self.supervisor.states().get(name, {}).get("statename")
        return state in (RUNNING, STARTING)

    def up(self) -> None:
        """Start the portal's own services and wait until they answer."""
        given.check(self.services.given)
        with self.home.lock("start"):
            alive = self.clean()
            self._prepare()
            self.supervisor.configure(self._programs(alive))
            if alive:
                self.supervisor.reload()
            else:
                self.supervisor.start(clean_environment(os.environ))
            self.supervisor.launch(*self.services.own)
            self._wait()

    def clean(self) -> bool:
        """End what a crash left behind; whether the portal is running."""
        alive = self.supervisor.alive()
        if not alive and sweep(self.home):
            say("已清理上次异常退出留下的进程。", "Cleaned up after a crash.")
        return alive

    def _prepare(self) -> None:
        if self.postgres and not self.running("postgres"):
            self.postgres.prepare()
        if self.services.solr and not self.running("solr"):
            changed = services.prepare_solr(self.home)
            if changed:
                self.home.note(rebuild_index=True)

    def _programs(self, alive: bool) -> list[Program]:
        home, programs = self.home, []
        if self.postgres:
            programs.append(self.postgres.program())
        if self.services.valkey:
            programs.append(services.valkey(home))
        if self.services.solr:
            running = alive and self.running("solr")
            programs.append(services.solr(home, services.solr_port(home, running)))
        return [*programs, *services.workers(home), services.web(home, self.port)]

    def _wait(self) -> None:
        home, supervisor = self.home, self.supervisor
        postgres = self.postgres
        if postgres:
            ready = databases.ready
            services.wait_for(supervisor, "postgres", lambda: ready(postgres))
        if self.services.valkey:
            check = services.valkey_ready
            services.wait_for(supervisor, "valkey", lambda: check(home))
        if self.services.solr:
            solr, port = services.solr_ready, self.solr_port
            services.wait_for(supervisor, "solr", lambda: solr(home, port))

    @property
    def solr_port(self) -> int:
        """The port of the portal's own Solr."""
        return int(self.home.read("state.json")["solr_port"])

    def connections(self, test: bool = False) -> dict[str, str]:
        """CKAN's connection variables: the given ones, and the portal's own."""
        found = dict(self.services.given)
        if self.postgres:
            found |= databases.urls(self.postgres, test)
        if self.services.solr:
            core = "ckan_test" if test else "ckan"
            found[SOLR] = solr_url(self.solr_port, core)
            found[SOLR_USER] = "ckan"
            found[SOLR_PASSWORD] = self.home.secrets()["solr"]
        if self.services.valkey:
            found[REDIS] = redis_url(self.home, 1 if test else 0)
        return found

    def databases(self) -> None:
        """Create and upgrade CKAN's and DataStore's databases."""
        connections, new = self.connections(), self.configure()
        wanted = self._schema_digest(connections)
        if not new and self.home.read("state.json").get("databases") == wanted:
            return
        self.home.note(databases=None)
        self.ckan("db", "upgrade")
        self._permissions(connections)
        if self.home.read("state.json").get("rebuild_index"):
            self.ckan("search-index", "rebuild")
            self.home.note(rebuild_index=False)
        self.home.note(databases=wanted)

    def configure(self) -> bool:
        """Write CKAN's ini and create the databases; True if they are new."""
        write_ini(self.home, self.connections(), self.port)
        return bool(self.postgres) and databases.pair(self.postgres, self.home)

    def _schema_digest(self, connections: Mapping[str, str]) -> str:
        """Changes when `ckan db upgrade` has something to do."""
        root = self.home.root
        migrations = sorted((root / "ckanext").rglob("migration/**/*.py"))
        stack = [root / "stack/requirements.txt", root / "stack/ckan.ini.in"]
        rebuild = str(self.home.read("state.json").get("rebuild_index"))
        return digest(*stack, *migrations, connections[DATABASES[0]], rebuild)

    def _permissions(self, connections: Mapping[str, str]) -> None:
        if self.postgres:
            databases.permit(self.postgres)
        elif not databases.datastore_prepared(connections["CKAN_DATASTORE_WRITE_URL"]):
            raise Trouble(
                "所给 PostgreSQL 的 DataStore 数据库还没有设置权限。请由数据库管理员以"
                "超级用户执行一次：./portal ckan datastore set-permissions | psql，"
                "再重新运行。",
                "The given PostgreSQL's DataStore has no permissions set. Have its "
                "administrator run once, as superuser: "
                "./portal ckan datastore set-permissions | psql; then run again.",
            )

    def ckan(self, *arguments: str, environ: Mapping[str, str] | None = None) -> str:
        """Run a ckan command to its end; its output."""
        ckan = self.home.venv / "bin" / "ckan"
        command: list[str | Path] = [ckan, "-c", self.home.ini, *arguments]
        clean = dict.fromkeys(self.services.given, "")
        log = self.home.logs / "ckan.log"
        return run(command, log, {**clean, **(environ or {})})

    def serve(self) -> None:
        """Start web server and worker; again, where their configuration changed."""
        wanted = digest(self.home.ini)
        if self.home.read("state.json").get("served") != wanted:
            self.supervisor.halt("web", *services.WORKERS)
        self.home.note(served=wanted)
        self.supervisor.launch("web", services.WORKERS[0])

    def all_workers(self) -> None:
        """Start the other workers too: not before the web server has its cores."""
        self.supervisor.launch(*services.WORKERS)

    def wait_web(self) -> None:
        """Wait until CKAN answers over HTTP."""
        ready = services.web_ready
        services.wait_for(self.supervisor, "web", lambda: ready(self.port))
        self.all_workers()

    def claim_port(self, port: int) -> None:
        """Use this port, or say whose trouble it is that one cannot."""
        if self.running("web"):
            if port != self.port:
                raise Trouble(
                    f"已在端口 {self.port} 上运行。要换端口，请先运行 ./portal stop。",
                    f"Already running on port {self.port}. To change it, run "
                    "./portal stop first.",
                )
            return
        self.clean()
        check_port(port)
        self.port = port
        self.home.note(port=port)

    def down(self) -> None:
        """Stop what this portal started; services stay while tests need them."""
        if self.home.locked(TESTS):
            self.supervisor.halt("web", *services.WORKERS)
        else:
            self.supervisor.shutdown()


def check_port(port: int) -> None:
    """Raise Trouble where the loopback port is taken, naming a free one."""
    if port_free(port):
        return
    other = next((p for p in range(port + 1, port + 100) if port_free(p)), 0)
    raise Trouble(
        f"端口 {port} 已被其他程序占用。请换一个端口：./portal demo --port {other}",
        f"Port {port} is taken by another program. Choose another: "
        f"./portal demo --port {other}",
    )


@contextlib.contextmanager
def borrowed(stack: Stack) -> Iterator[Stack]:
    """The services for one command: started if need be, and then stopped again."""
    stack.up()
    try:
        yield stack
    finally:
        if not stack.running("web") and not stack.running("worker"):
            stack.supervisor.shutdown()
