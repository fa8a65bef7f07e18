"""Fetches Solr's jars by their pinned list; run by the bootstrap environment.

``python jars.py LIST FOLDER``: each jar of LIST (coordinates and SHA-256) is put
into FOLDER, from the machine's Maven repository where it is there, else by jgo,
else, where a mirror is configured for Maven only, by mvn.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

PAUSES = (1, 3, 6)  # seconds
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>portal</groupId>
<artifactId>jars</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>{}</dependencies></project>"""
DEPENDENCY = """<dependency><groupId>{0.group}</groupId>
<artifactId>{0.name}</artifactId><version>{0.version}</version>
<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion>
</exclusions></dependency>"""


class Jar(NamedTuple):
    """One line of the list."""

    group: str
    name: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        """The jar's file name."""
        return f"{self.name}-{self.version}.jar"

    def good(self, path: Path) -> bool:
        """Whether the file is there and holds what the list says."""
        if not path.is_file():
            return False
        return hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256


def read_list(path: Path) -> list[Jar]:
    """The jars of the pinned list."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return [Jar._make([*where.split(":"), sha256]) for where, sha256 in rows]


def local_repository() -> Path:
    """Where Maven keeps what this machine has."""
    return Path(os.environ.get("M2_REPO") or Path.home() / ".m2" / "repository")


def take(jar: Jar, source: Path, folder: Path) -> bool:
    """Copy a jar into the folder if it is what the list says."""
    if not jar.good(source):
        return False
    partial = folder / (jar.file + ".part")
    shutil.copyfile(source, partial)
    partial.replace(folder / jar.file)
    return True


def by_jgo(jar: Jar, cache: Path, folder: Path) -> None:
    """Fetch one jar with jgo."""
    from jgo.maven import MavenContext  # pyright: ignore[reportMissingImports]

    context = MavenContext(repo_cache=cache, timeout=60)
    component = context.project(jar.group, jar.name).at_version(jar.version)
    path = component.artifact().resolve()
    if path is None or not take(jar, Path(path), folder):
        raise ValueError(f"{jar.file}: not what the list says")


def by_jgo_again(
    jar: Jar, cache: Path, folder: Path, pauses: tuple[int, ...] = PAUSES
) -> None:
    """The same, again after a pause where the network fails for a moment."""
    try:
        by_jgo(jar, cache, folder)
    except Exception as error:
        if not pauses:
            raise
        print(f"{jar.file}: {error!r}; again in {pauses[0]} s", flush=True)
        time.sleep(pauses[0])
        by_jgo_again(jar, cache, folder, pauses[1:])


def fetch(jars: list[Jar], folder: Path) -> None:
    """Fetch jars side by side; the first that cannot be had ends it."""
    cache = folder.with_name("jars.part")
    shutil.rmtree(cache, ignore_errors=True)  # of a run that was killed
    pool = ThreadPoolExecutor(8)
    tasks = [pool.submit(by_jgo_again, jar, cache, folder) for jar in jars]
    try:
        for task in as_completed(tasks):
            task.result()
    finally:
        pool.shutdown(cancel_futures=True)
        shutil.rmtree(cache, ignore_errors=True)


def by_maven(jars: list[Jar], folder: Path) -> None:
    """Fetch jars with mvn, whose settings may name the site's mirror."""
    with tempfile.TemporaryDirectory() as work:
        pom = Path(work) / "pom.xml"
        pom.write_text(POM.format("".join(map(DEPENDENCY.format, jars))))
        goal = "dependency:copy-dependencies"
        command = ["mvn", "-q", "-B", "-f", str(pom), goal]
        subprocess.run([*command, f"-DoutputDirectory={work}/jars"], check=True)
        for jar in jars:
            if not take(jar, Path(work) / "jars" / jar.file, folder):
                raise ValueError(f"{jar.file}: not what the list says")


def main(listing: Path, folder: Path) -> None:
    """Complete the folder, and leave in it what the list names and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    jars = read_list(listing)
    for path in folder.iterdir():
        if path.name not in {jar.file for jar in jars}:
            path.unlink()
    missing = [jar for jar in jars if not jar.good(folder / jar.file)]
    repository = local_repository()
    for jar in missing:
        place = repository.joinpath(*jar.group.split("."), jar.name, jar.version)
        take(jar, place / jar.file, folder)
    missing = [jar for jar in missing if not (folder / jar.file).exists()]
    try:
        fetch(missing, folder)
    except Exception as error:
        left = [jar for jar in missing if not (folder / jar.file).exists()]
        if not shutil.which("mvn"):
            raise
        print(f"{error!r}; trying mvn for {len(left)} jars", flush=True)
        by_maven(left, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
