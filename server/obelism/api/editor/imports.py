"""Importing claims from an address, within the limits of `ingest`, told as it goes.

The answer is sent while the import runs, so it shows its progress without any script and without a
place where jobs would have to be kept. Each batch is stored before the next is read: what was
acknowledged stays, and importing again takes up the rest.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice, takewhile
from time import monotonic

from flask import Response, render_template, stream_with_context

from obelism import ingest
from obelism.api.editor.visits import Routes, Visit
from obelism.api.problems import Problem, problem_of
from obelism.errors import ObelismError, Unavailable
from obelism.ingest import Options, Rejected, TooLate
from obelism.model import Claim
from obelism.records import is_web_address
from obelism.store import PutSummary

routes = Routes()

# A page, a sitemap or a moderate feed; the 200 MB ones are for `obelism claims import`.
LIMITS = ingest.Limits(bytes=50 * 1024 * 1024, seconds=300.0, pages=500)
MAX_CLAIMS = 20_000
BATCH = 100
SHOWN_REJECTED = 50
_importing = threading.Lock()
"""One import a process: each holds a thread for minutes, and what it reads in memory."""


@routes.add("GET", "/import")
def import_page(visit: Visit) -> Response:
    return visit.page("import", url="", most=MAX_CLAIMS)


@routes.add("POST", "/import")
def import_claims(visit: Visit) -> Response:
    url = visit.form.get("url", "").strip()
    # Only addresses: `ingest.load` would read the service's own files too.
    if not is_web_address(url):
        return visit.page("import", 422, url=url, mistake="mistake_url", most=MAX_CLAIMS)
    page = visit.page("import", url=url, most=MAX_CLAIMS, running=True).get_data(as_text=True)
    head, mark, tail = page.partition("<!-- progress -->")
    assert mark, "the template has a place for the progress"
    answer = Response(stream_with_context(_told(visit, url, head, tail)))
    answer.headers |= {"Referrer-Policy": "same-origin", "X-Accel-Buffering": "no"}
    return answer


def _told(visit: Visit, url: str, head: str, tail: str) -> Iterator[str]:
    yield head
    summary, rejected, problem = PutSummary(), list[Rejected](), ""
    if not _importing.acquire(blocking=False):
        problem = visit.words("import_busy")
    else:
        try:
            for batch in _batches(visit, url):
                claims = [entry for entry in batch if isinstance(entry, Claim)]
                rejected += [entry for entry in batch if isinstance(entry, Rejected)]
                summary += _stored(visit, claims)
                yield f"<p>{visit.words.counted('import_read', summary.total + len(rejected))}</p>\n"
        except ObelismError as error:
            problem = str(error)
        except Problem as error:
            problem = error.detail
        finally:
            _importing.release()
    visit.service.refresh()
    yield render_template(
        "editor/import-result.html",
        t=visit.words,
        summary=summary,
        rejected=rejected[:SHOWN_REJECTED],
        rejections=len(rejected),
        problem=problem,
        full=summary.total + len(rejected) >= MAX_CLAIMS,
    )
    yield tail


def _batches(visit: Visit, url: str) -> Iterator[list[Claim | Rejected]]:
    """What the source holds; raises Problem, behind what was read, when that takes too long."""
    end = monotonic() + LIMITS.seconds
    entries = islice(ingest.load(url, Options(limits=replace(LIMITS, until=end))), MAX_CLAIMS)
    in_time = takewhile(lambda _entry: monotonic() < end, entries)
    with suppress(TooLate):
        while batch := list(islice(in_time, BATCH)):
            yield batch
        if monotonic() < end:
            return
    raise Problem(503, "overtime", "Took too long", visit.words("import_overtime"))


def _stored(visit: Visit, claims: list[Claim]) -> PutSummary:
    with visit.service.one_writer():
        try:
            return visit.service.store.put(claims, visit.actor)
        except Unavailable as error:  # of a source the editor is told why; of the store that is for the log
            raise problem_of(error) from None
