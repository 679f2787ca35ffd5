"""Two PostgreSQL servers, the second a streaming standby that applies what the first acknowledges."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nodes import DEPLOY
from nodes.ports import free_ports
from postgresql import Cluster

NAME = "obelism"


class Server(Cluster):
    """A server that listens on loopback too, so that it has an address that can fail over."""

    def __init__(self, folder: Path, programs: Path, port: int) -> None:
        super().__init__(folder, programs)
        self.port = port

    def start(self) -> None:
        options = (
            f"-k {self.folder} -p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off "
            "-c max_connections=50 -c shared_buffers=16MB"
        )
        self.run("pg_ctl", "-D", self._data, "-o", options, "-l", str(self.folder / "log"), "-w", "start")

    @contextmanager
    def silent(self) -> Iterator[None]:
        """In place of the server that was stopped, something that takes connections and never says a word."""
        with socket.socket() as nobody:
            nobody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            nobody.bind(("127.0.0.1", self.port))
            nobody.listen(500)
            yield

    def promote(self) -> None:
        self.run("pg_ctl", "-D", self._data, "-w", "promote")

    def query(self, *statements: str) -> None:
        commands = [part for statement in statements for part in ("-c", statement)]
        self.run(
            "psql",
            "-h",
            str(self.folder),
            "-p",
            str(self.port),
            "-d",
            "postgres",
            "-v",
            "ON_ERROR_STOP=1",
            *commands,
        )

    def take_in(self, settings: Path) -> None:
        """Put a file of settings into force without a restart; fails when one of them cannot be."""
        data = Path(self._data)
        (data / settings.name).write_text(settings.read_text("utf-8"))
        with (data / "postgresql.conf").open("a", encoding="utf-8") as own:
            own.write(f"include '{settings.name}'\n")
        self.query(
            f"DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM pg_file_settings WHERE error IS NOT NULL"
            f" AND sourcefile LIKE '%{settings.name}'); END $$",
            "SELECT pg_reload_conf()",
        )

    def copy_of(self, other: Server) -> None:
        """Become a standby of `other`, from a copy of its files."""
        self.run(
            "pg_basebackup",
            "-h",
            "127.0.0.1",
            "-p",
            str(other.port),
            "-D",
            self._data,
            "-R",
            "-c",
            "fast",
            "--no-sync",
        )


class Pair:
    """A primary and its standby."""

    def __init__(self, primary: Server, standby: Server) -> None:
        self.primary, self.standby = primary, standby

    @property
    def standby_url(self) -> str:
        """Of the standby alone, for nodes that only read."""
        return f"postgresql://{self.standby.user}@127.0.0.1:{self.standby.port}/{NAME}"

    @property
    def url(self) -> str:
        """One address for both: whoever connects finds the one that takes writes.

        Waiting for a connection may take longer than a page may, so that no reader can wait unseen.
        """
        hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in (self.primary, self.standby))
        return f"postgresql://{self.primary.user}@/{NAME}?{hosts}&target_session_attrs=read-write&connect_timeout=60"


@contextmanager
def running_pair(programs: Path) -> Iterator[Pair]:
    """Both servers, following one another, set up as docs/OPERATING.md says; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="obelism-pair-", dir="/tmp"))  # socket paths must be short
    ports = free_ports(2)
    servers = [Server(folder / name, programs, port) for name, port in zip("ps", ports, strict=True)]
    primary, standby = servers
    try:
        for server in servers:
            server.folder.mkdir()
            if server.user == "postgres":
                shutil.chown(server.folder, server.user)
        folder.chmod(0o755)
        primary.initialise()
        primary.start()
        primary.query(f"CREATE DATABASE {NAME}")
        standby.copy_of(primary)
        standby.start()
        # Only now: before there is a standby, every commit would wait for it.
        primary.take_in(DEPLOY / "postgresql" / "primary.conf")
        yield Pair(primary, standby)
    finally:
        for server in servers:
            if (server.folder / "data" / "postmaster.pid").exists():
                server.stop()
        shutil.rmtree(folder, ignore_errors=True)
