"""Who uses the site: readers who check pages, and an editor who changes claims."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import httpx

from serving import ARTICLE, BRIDGE

_pages = count()


class Readers:
    """Checks pages, each a new one, until told to stop; `outcomes` counts what became of them."""

    def __init__(self, address: str) -> None:
        self.outcomes: Counter[str] = Counter()
        self._address = address
        self._stopped = threading.Event()

    def check(self, client: httpx.Client) -> str:
        """ "noted" where the page's claim was found, else the status or the error."""
        number = next(_pages)
        page = ARTICLE.replace("two fishing boats", f"{number + 1_000_003} fishing boats")
        asked = {"html": page, "url": f"https://gazette.example/quiet-days/{number}"}
        try:
            answer = client.post(f"{self._address}/v1/notes", json=asked)
        except httpx.TransportError as error:
            return type(error).__name__
        if answer.status_code != 200:
            return str(answer.status_code)
        return "noted" if [n["claim"]["id"] for n in answer.json()["notes"]] == [BRIDGE.id] else "no note"

    def read(self) -> None:
        with httpx.Client(timeout=60) as client:
            while not self._stopped.is_set():
                self.outcomes[self.check(client)] += 1

    def stop(self) -> None:
        self._stopped.set()


@contextmanager
def reading(address: str, readers: int = 2) -> Iterator[Readers]:
    """So many readers at once, for as long as the block lasts."""
    together = Readers(address)
    threads = [threading.Thread(target=together.read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    try:
        yield together
    finally:
        together.stop()
        for thread in threads:
            thread.join(90)


class Editor:
    """Puts claims through the API; `acknowledged` holds those that the service said are kept."""

    def __init__(self, address: str, secret: str) -> None:
        self.acknowledged: dict[str, str] = {}
        self._address = address
        self._client = httpx.Client(timeout=30, headers={"Authorization": f"Bearer {secret}"})
        self._stopped = threading.Event()

    def put(self, id: str, text: str) -> bool:
        """Add or change a claim; whether it was acknowledged."""
        try:
            answer = self._client.put(
                f"{self._address}/v1/claims/{id}", json={"id": id, "text": text, "language": "en"}
            )
        except httpx.TransportError:
            return False
        if answer.is_success:
            self.acknowledged[id] = text
        return answer.is_success

    def retire(self, id: str) -> None:
        self._client.delete(f"{self._address}/v1/claims/{id}").raise_for_status()
        del self.acknowledged[id]

    def close(self) -> None:
        self._client.close()

    @contextmanager
    def writing(self, name: str) -> Iterator[None]:
        """Put one claim after the other, for as long as the block lasts."""
        thread = threading.Thread(target=self._write, args=(name,))
        self._stopped.clear()
        thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            thread.join(60)

    def _write(self, name: str) -> None:
        for number in count():
            if self._stopped.is_set():
                return
            self.put(
                f"{name}-{number}", f"Ferry number {number} of the {name} line sank in the port of Larnoc."
            )
