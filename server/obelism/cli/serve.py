"""obelism serve"""

from __future__ import annotations

import fcntl
import gc
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from obelism.cli.worker import PlainLogger, Worker, give_memory_back, keep_memory_small
from obelism.errors import Unavailable
from obelism.settings import Settings

# The process that fetches the feeds is started again no sooner than this after its last start.
SYNC_PAUSE_SECONDS = 10
NUMBERS = "obelism-metrics-"
# Another service that starts has made its folder, and holds it a moment later.
NEW_SECONDS = 60

log = logging.getLogger("obelism")


@click.command()
@click.option("--host", help="Address to listen on.  [OBELISM_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [OBELISM_PORT or 8750]")
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes.  [OBELISM_WORKERS or 2]")
@click.option("--sync", is_flag=True, help="Fetch the feeds, too, each every OBELISM_SYNC_MINUTES.")
@click.option("--allow-private", is_flag=True, help="With --sync: from this machine and its network, too.")
def serve(host: str | None, port: int | None, workers: int | None, sync: bool, allow_private: bool) -> None:
    """Serve the API and the front page until stopped."""
    settings = Settings.from_environment(os.environ)
    settings = replace(
        settings, host=host or settings.host, port=port or settings.port, workers=workers or settings.workers
    )
    _check_port(settings)
    Server(settings, ("--allow-private",) * allow_private if sync else None).run()


class Server(BaseApplication):
    """gunicorn around one application, loaded once and then shared by the workers."""

    def __init__(self, settings: Settings, sync: tuple[str, ...] | None = None) -> None:
        """`sync` are the options of the process that fetches the feeds; None for no such process."""
        self.settings, self.sync = settings, sync
        self.syncing: subprocess.Popen[bytes] | None = None
        self.sync_started = 0.0
        _remove_unheld()
        # Where the workers' numbers are added up; prometheus_client looks for it when it is imported. They
        # are written through mapped files: on a disk that is full that kills a worker, so they go to memory.
        self.numbers = tempfile.mkdtemp(prefix=NUMBERS, dir=_memory())
        self.held = _hold(self.numbers)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = self.numbers
        # The tokenizer would start threads of its own, and threads do not survive the fork into workers.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        super().__init__()

    def run(self) -> None:
        try:
            master = Master(self)  # loads the application
        except BaseException:
            self._forget_numbers()
            raise
        master.run()

    def load_config(self) -> None:
        settings = self.settings
        options: dict[str, Any] = {
            "bind": _address(settings),
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": Worker,
            "logger_class": PlainLogger,
            "preload_app": True,
            # A thread that does not react to its time limit is reported stuck after twice that time.
            "timeout": max(5, round(2 * settings.request_seconds)),
            "graceful_timeout": 30,
            "keepalive": 15,
            "control_socket_disable": True,
            "worker_tmp_dir": _memory(),
            "forwarded_allow_ips": "",
            "when_ready": self._when_ready,
            "post_worker_init": self._start_refreshing,
            "child_exit": self._forget_worker,
            "on_exit": self._end,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from obelism.api import logs
        from obelism.app import create_app

        logs.configure()
        keep_memory_small()
        app = create_app(self.settings)
        # What is loaded now stays: workers need not look through it each time that they look for garbage.
        gc.collect()
        gc.freeze()
        give_memory_back()
        return app

    def _when_ready(self, _: Any) -> None:
        click.echo(f"Obelism is ready: http://{_address(self.settings)}/  (Ctrl+C stops it)", err=True)

    def keep_syncing(self) -> None:
        """Start the process that fetches the feeds where it is wanted and not there: not yet, or not any more."""
        if self.sync is None or (self.syncing is not None and self.syncing.poll() is None):
            return
        if self.syncing is not None:
            if time.monotonic() < self.sync_started + SYNC_PAUSE_SECONDS:
                return
            log.warning("sync-ended", extra={"detail": "it is started again"})
        # A process of its own, and a patient one: a large feed takes little from readers.
        command = ("from obelism.cli import main; main()", "claims", "sync", "--repeat", *self.sync)
        self.syncing = subprocess.Popen([sys.executable, "-c", *command])
        self.sync_started = time.monotonic()

    def _end(self, _: Any) -> None:
        if self.syncing is not None:
            self.syncing.terminate()
        self._forget_numbers()

    def _forget_numbers(self) -> None:
        shutil.rmtree(self.numbers, ignore_errors=True)
        os.close(self.held)

    def _start_refreshing(self, worker: Any) -> None:
        worker.wsgi.extensions["obelism"].start_refreshing()

    def _forget_worker(self, _: Any, worker: Any) -> None:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid, self.numbers)  # type: ignore[no-untyped-call]


class Master(Arbiter):
    """gunicorn's master, which looks after the process that fetches the feeds as it does after the workers."""

    app: Server

    def manage_workers(self) -> None:
        # Called once a second, and at once when a child has ended.
        self.app.keep_syncing()
        super().manage_workers()


def _memory() -> str | None:
    """A folder that is never on a disk, where the system has one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _hold(folder: str) -> int:
    """Hold a folder for as long as this process or one that it forks lives. Raises OSError where another does."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held


def _remove_unheld() -> None:
    """Take away the folders of services that were killed: they lie in memory, and nobody else would."""
    for folder in Path(_memory() or tempfile.gettempdir()).glob(f"{NUMBERS}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - NEW_SECONDS:
                held = _hold(str(folder))
                shutil.rmtree(folder, ignore_errors=True)
                os.close(held)


def _address(settings: Settings) -> str:
    """Where the service listens, an IPv6 address in brackets: as gunicorn and browsers read it."""
    host = settings.host.strip("[]")
    return f"[{host}]:{settings.port}" if ":" in host else f"{host}:{settings.port}"


def _check_port(settings: Settings) -> None:
    # gunicorn would try five times and then end with a log of its own.
    host = settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, settings.port))
        except OSError as error:
            raise Unavailable(
                f"cannot listen on {_address(settings)}: {error.strerror}; "
                "another service may be running there, OBELISM_PORT chooses another port"
            ) from error
