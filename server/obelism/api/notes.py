"""POST /v1/notes: a page in, its notes out."""

from __future__ import annotations

from obelism.api import logs
from obelism.api.answers import reading_shown
from obelism.api.bodies import Body, too_large
from obelism.api.operations import Answer, Asked, Operations, validated_json
from obelism.api.service import Service
from obelism.api.shapes import NotesAsked, NotesShown
from obelism.article.markup import utf8_size
from obelism.model import Page, Reading

operations = Operations()


@operations.add(
    "POST",
    "/v1/notes",
    "Find the sentences of a page that repeat, report or deny a known claim",
    body=NotesAsked,
    answers={200: NotesShown},
    limited=True,
    for_readers=True,
    remembered=True,
)
def check_page(asked: Asked) -> Answer:
    service, raw = asked.service, asked.raw
    assert raw is not None
    key = service.cache.key(str(service.pipeline.version).encode(), raw.wire)
    # Once more when its turn has come: of a crowd that asks for one page, the first has it read.
    return Answer(
        _known(service, key, working=0)
        or service.work(lambda: _known(service, key, working=1) or _read(service, key, raw))
    )


def _known(service: Service, key: bytes, working: int) -> bytes | None:
    known = service.cache.get(key, is_calm=service.turns.taken() == working)
    if known is not None:
        service.meters.cached.inc()
        logs.tell(cached=1)
    return known


def _read(service: Service, key: bytes, raw: Body) -> bytes:
    sent = validated_json(NotesAsked, raw.content, mend=True)
    reading = read_page(service, Page(sent.html, sent.url, sent.language))
    answer = Answer(reading_shown(reading)).encoded()
    service.cache.put(key, answer, reading.is_hurried)
    return answer


def read_page(service: Service, page: Page) -> Reading:
    """The reading of `page`, counted; raises Problem 413 when its HTML is over the limit."""
    if utf8_size(page.html) > service.settings.max_html_bytes:
        raise too_large(service.settings.max_html_bytes)
    reading = service.pipeline.read(page)
    service.meters.statements.inc(reading.statements)
    for note in reading.notes:
        service.meters.notes.labels(note.level).inc()
    logs.tell(statements=reading.statements, notes=len(reading.notes), flags=reading.flags)
    return reading
