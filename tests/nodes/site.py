"""Three service nodes behind nginx, with the configuration that deploy/ ships."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx

from nodes import DEPLOY
from nodes.ports import free_ports

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
# One client stands for many here, and the machine may be busy with other things.
NO_LIMITS = {
    "OBELISM_RATE_LIMIT": "1000000 per minute",
    "OBELISM_CLIENT_REQUESTS": "1000",
    "OBELISM_REQUEST_SECONDS": "30",
}
START_SECONDS = 120


class Node:
    """One `obelism serve` with one worker, in a process group of its own."""

    def __init__(self, number: int, port: int, folder: Path, database_url: str) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.port = port
        self._log = folder / f"node{number}.log"
        self._environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OBELISM_")},
            "OBELISM_DATABASE_URL": database_url,
            "OBELISM_INDEX_FOLDER": str(folder / f"index{number}"),
            "OBELISM_STARTER_CLAIMS": "0",
            "OBELISM_PORT": str(port),
            "OBELISM_WORKERS": "1",
            "OBELISM_TRUSTED_PROXIES": "1",
            "TMPDIR": str(folder),
            **NO_LIMITS,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("obelism")), "serve"]
        with self._log.open("ab") as stream:
            self._process = subprocess.Popen(
                command, env=self._environ, stdout=stream, stderr=stream, start_new_session=True
            )

    def kill(self) -> None:
        """End master and worker at once, in the midst of whatever they do."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def readiness(self) -> dict[str, object]:
        """What `/readyz` says; empty when nobody answers."""
        try:
            found: dict[str, object] = httpx.get(f"{self.address}/readyz", timeout=10).json()
        except httpx.TransportError:
            return {}
        return found

    def wait_until_ready(self) -> None:
        wait_for(lambda: self.readiness().get("status") == "ready", START_SECONDS, self._said)

    def look_up(self, text: str) -> list[str]:
        """The ids of the claims that this node finds most like `text`."""
        answer = httpx.post(f"{self.address}/v1/lookups", json={"text": text, "limit": 3}, timeout=30)
        return [result["claim"]["id"] for result in answer.raise_for_status().json()["results"]]

    def _end(self, sent: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, sent)
            self._process.wait(60)

    def _said(self) -> str:
        return self._log.read_text("utf-8")[-2000:]


class Site:
    """nginx and its nodes; `address` is the one that readers know."""

    def __init__(self, address: str, nodes: Sequence[Node]) -> None:
        self.address, self.nodes = address, nodes

    def wait_for_all(self, condition: Callable[[Node], bool], seconds: float) -> None:
        for node in self.nodes:
            wait_for(
                lambda node=node: condition(node),
                seconds,
                lambda node=node: f"{node.address}: {node.readiness()}",
            )


@contextlib.contextmanager
def running_site(folder: Path, database_url: str, count: int = 3) -> Iterator[Site]:
    """nginx before `count` nodes over one database; all ended at the end."""
    front, *ports = free_ports(count + 1)
    nodes = [Node(number, port, folder, database_url) for number, port in enumerate(ports)]
    try:
        for node in nodes:
            node.start()
        for node in nodes:
            node.wait_until_ready()
        with _nginx(folder, front, ports):
            yield Site(f"http://127.0.0.1:{front}", nodes)
    finally:
        for node in nodes:
            node.kill()


def wait_for(condition: Callable[[], bool], seconds: float, told: Callable[[], str] = str) -> None:
    """Return as soon as `condition` holds; fails when it does not in `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {told()}"
        time.sleep(0.1)


@contextlib.contextmanager
def _nginx(folder: Path, front: int, ports: Sequence[int]) -> Iterator[None]:
    assert NGINX is not None
    shipped = (DEPLOY / "nginx" / "upstream.conf").read_text("utf-8")
    for number, port in enumerate(ports):
        shipped = shipped.replace(f"127.0.0.1:{8751 + number} ", f"127.0.0.1:{port} ")
    (folder / "upstream.conf").write_text(shipped)
    places = "\n".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"""
        {"user root;" if os.geteuid() == 0 else ""}
        daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
        events {{ worker_connections 512; }}
        http {{
            {places}
            access_log off;
            include {folder}/upstream.conf;
            server {{ listen 127.0.0.1:{front}; include {DEPLOY}/nginx/proxy.conf; }}
        }}
        """
    )
    process = subprocess.Popen([NGINX, "-e", f"{folder}/nginx.log", "-c", str(configuration)])
    try:
        wait_for(lambda: _answers(f"http://127.0.0.1:{front}/healthz"), 20, (folder / "nginx.log").read_text)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=10).is_success
    except httpx.TransportError:
        return False
