"""A web server of the tests' own: it answers what it was told to, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What to answer; `headers` may hold an ETag, which makes the server answer 304 where it fits."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    repeat: int = 1
    """How often the body is sent, for bodies that are too large to hold."""


@dataclass
class Asked:
    path: str
    headers: dict[str, str]


class Site:
    """The pages of a server, by path; a page may be a function that is asked anew each time."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.pages: dict[str, Answer | Callable[[Asked], Answer]] = {}
        self.asked: list[Asked] = []

    def __setitem__(self, path: str, answer: Answer | Callable[[Asked], Answer] | bytes | str) -> None:
        if isinstance(answer, str):
            answer = answer.encode()
        self.pages[path] = Answer(answer) if isinstance(answer, bytes) else answer

    def url(self, path: str) -> str:
        return self.address + path

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        page = self.pages.get(asked.path) or self.pages.get(asked.path.partition("?")[0])
        if page is None:
            return Answer(b"no such page", 404)
        answer = page(asked) if callable(page) else page
        if (etag := answer.headers.get("ETag")) and asked.headers.get("If-None-Match") == etag:
            return Answer(status=304, headers=answer.headers)
        return answer


@contextmanager
def running_site() -> Iterator[Site]:
    """A site on a free port of this machine, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = site.answer(Asked(self.path, dict(self.headers.items())))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.repeat == 1:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            try:
                for _ in range(answer.repeat):
                    self.wfile.write(answer.body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # whoever asked has had enough

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
