"""`obelism serve --sync`: feeds are fetched while pages are read, and their age is shown."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from obelism import records
from obelism.cli import feeds
from obelism.imports import Synced
from obelism.ingest import Options
from serving import BRIDGE, MAYOR, Running, running
from webserver import running_site

COMMAND = (str(Path(sys.executable).with_name("obelism")), "serve", "--sync", "--allow-private")


def wait_for(holds: Callable[[], bool], seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.2)


def alive(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text("utf-8").rpartition(") ")[2][0] != "Z"


def syncing(service: Running) -> int:
    """The process that fetches the feeds: the child that was started as a command of its own."""
    (found,) = [
        child for child in service.workers() if b"--repeat" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    return found


def test_feeds_are_fetched_while_the_service_runs_and_their_age_is_told(tmp_path: Path) -> None:
    with running_site() as site:
        site["/feed"] = "\n".join(map(records.dump, (BRIDGE, MAYOR)))
        feed = site.url("/feed")
        with running(tmp_path, (), COMMAND, OBELISM_FEEDS=f"{feed}?key=secret") as service:

            def ready() -> dict[str, object]:
                answer: dict[str, object] = httpx.get(f"{service.address}/readyz", timeout=30).json()
                return answer

            wait_for(lambda: ready()["claims"] == 2)
            [shown] = ready()["feeds"]
            assert shown["name"] == feed
            assert shown["age_seconds"] < 300
            assert (
                f'obelism_feed_age_seconds{{feed="{feed}"}}'
                in httpx.get(f"{service.address}/metrics", timeout=30).text
            )
            child = syncing(service)
            # A kill gives nobody time to end it: it looks for itself.
            os.kill(service.process.pid, signal.SIGKILL)
            wait_for(lambda: not alive(child))
            log = service.log.read_text("utf-8")
    assert '"synced"' in log
    assert "2 added" in log
    assert "secret" not in log


def test_the_process_that_fetches_ends_with_the_service(tmp_path: Path) -> None:
    with running(tmp_path, (), COMMAND) as service:
        child = syncing(service)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(60) == 0
        wait_for(lambda: not alive(child))


def test_the_process_that_fetches_is_started_again_when_somebody_kills_it(tmp_path: Path) -> None:
    with running(tmp_path, (), COMMAND) as service:
        child = syncing(service)
        os.kill(child, signal.SIGKILL)
        wait_for(lambda: '"sync-ended"' in service.log.read_text("utf-8"), 60)
        wait_for(lambda: len(service.workers()) == 3)
        wait_for(lambda: all(Path(f"/proc/{one}/cmdline").read_bytes() for one in service.workers()))
        again = syncing(service)
        assert again != child
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(60) == 0
        wait_for(lambda: not alive(again))


def test_the_process_that_fetches_outlives_whatever_goes_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OBELISM_DATABASE_URL", f"sqlite:///{tmp_path / 'claims.db'}")
    monkeypatch.setenv("OBELISM_STARTER_CLAIMS", "false")
    monkeypatch.setattr(feeds, "LOOK_SECONDS", 0)
    monkeypatch.setattr(os, "nice", lambda _: 0)
    rounds: list[int] = []

    def fetched(*_: object, **__: object) -> Iterator[Synced]:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise RuntimeError("nobody foresaw this")
        address = "https://anna:secret@feeds.example/all?key=secret"
        yield Synced(address, error=f"{address} answered 500")

    monkeypatch.setattr(feeds.imports, "sync", fetched)
    with caplog.at_level(logging.INFO, "obelism"):
        feeds._keep_syncing(Options(), (), timedelta(0), lambda: len(rounds) < 2)
    told = [(record.msg, vars(record)["detail"]) for record in caplog.records]
    assert told == [
        ("not-synced", "RuntimeError: nobody foresaw this"),
        ("synced", "failed: https://feeds.example/all answered 500"),
    ]
