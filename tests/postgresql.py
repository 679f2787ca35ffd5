"""A PostgreSQL server of the tests' own, from the machine's packages, in a folder that goes away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """Where `initdb` and `postgres` are: Debian keeps them off the PATH, by version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Cluster:
    """A running server that listens on a socket in its own folder and nowhere else."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.programs = programs
        # The server refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template1") -> str:
        """A new database, and its address."""
        self.run("createdb", "-h", str(self.folder), "-T", template, database)
        return self.url(database)

    def drop(self, database: str) -> None:
        self.run("dropdb", "-h", str(self.folder), "--force", "--if-exists", database)

    def start(self) -> None:
        # Without fsync: what these tests prove is about processes that die, not about power cuts.
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=50"
        self.run("pg_ctl", "-D", self._data, "-o", options, "-l", str(self.folder / "log"), "-w", "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def initialise(self) -> None:
        self.run("initdb", "-D", self._data, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def run(self, program: str, *arguments: str) -> None:
        user = self.user if os.geteuid() == 0 else None
        command = [str(self.programs / program), *arguments]
        # pg_ctl's server inherits the output: a pipe would never end.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(command, user=user, cwd="/", stdout=output, stderr=output, check=False)
            output.seek(0)
            assert done.returncode == 0, output.read().decode()

    @property
    def _data(self) -> str:
        return str(self.folder / "data")


@contextmanager
def running_cluster(programs: Path) -> Iterator[Cluster]:
    """A fresh server, stopped and removed at the end."""
    # In memory where that is possible: a database is a thousand small files. Socket paths must be short.
    memory = Path("/dev/shm")
    folder = Path(
        tempfile.mkdtemp(prefix="obelism-pg-", dir=memory if os.access(memory, os.W_OK) else "/tmp")
    )
    cluster = Cluster(folder, programs)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, cluster.user)
        cluster.initialise()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
