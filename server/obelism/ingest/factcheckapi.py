"""Google's Fact Check Tools API, claims:search -> claims (https://developers.google.com/fact-check/tools/api)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from obelism.errors import BadClaim, BadInput, Unavailable
from obelism.ingest.claimreview import identified
from obelism.ingest.cleaning import address_of, date_of, each, language_in, name_of, text_of
from obelism.ingest.fetch import Fetcher
from obelism.ingest.language import told_by
from obelism.ingest.rejected import Rejected
from obelism.model import Claim, Review
from obelism.records import MAX_NAME, host_of

ADDRESS = "https://factchecktools.googleapis.com/v1alpha1/claims:search"
PREFIX = "factcheck:"
PARAMETERS = ("query", "languageCode", "reviewPublisherSiteFilter", "maxAgeDays", "pageSize")
_ATTEMPTS = 6
_MAX_ANSWER = 32 * 1024 * 1024


class _Busy(Exception):
    """The API asks for patience; `retry_after` are the seconds that it names."""

    def __init__(self, message: str, retry_after: str | None = None) -> None:
        super().__init__(message)
        told = (retry_after or "").strip()
        self.retry_after = min(float(told), 300.0) if told.isdigit() else None


def claims_of(
    source: str,
    fetcher: Fetcher,
    key: str,
    address: str = ADDRESS,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Claim | Rejected]:
    """All claims that the API has for a source such as `factcheck:query=vaccine&languageCode=fr`.

    Answers that ask for patience are asked for again, later each time. When the API stops answering
    half-way, what it gave is kept and the rest is named. Raises BadInput for a source that the API
    cannot answer, Unavailable when it gives nothing.
    """
    if not key:
        raise BadInput("the Fact Check Tools API needs a key: set OBELISM_FACT_CHECK_KEY")
    asked = _parameters(source)
    token, number = "", 0
    asked_for: set[str] = set()
    while number == 0 or token:
        number += 1
        asked_for.add(token)
        query = {**asked, **({"pageToken": token} if token else {})}
        try:
            page = _page(fetcher, f"{address}?{urlencode(query)}", key, sleep)
        except Unavailable as error:
            if number == 1:
                raise
            yield Rejected(f"{source} page {number}", str(error), cut=True)
            break
        yield from claims_in(page, f"{source} page {number}")
        following = text_of(page.get("nextPageToken"))
        token = following if following not in asked_for else ""


def claims_in(answer: dict[str, Any], where: str) -> Iterator[Claim | Rejected]:
    """The claims of one answer of the API, those of one page of reviews together."""
    found = list(_reviewed(answer, where))
    yield from (entry for entry in found if isinstance(entry, Rejected))
    yield from identified(entry for entry in found if isinstance(entry, Claim))


def _parameters(source: str) -> dict[str, str]:
    asked = dict(parse_qsl(source.removeprefix(PREFIX).lstrip("?")))
    unknown = sorted(set(asked) - set(PARAMETERS))
    if unknown or not {"query", "reviewPublisherSiteFilter"} & set(asked):
        raise BadInput(
            f"{source} must read like {PREFIX}query=vaccine&languageCode=fr or "
            f"{PREFIX}reviewPublisherSiteFilter=politifact.com; it may hold {', '.join(PARAMETERS)}"
        )
    return {"pageSize": "100", **asked}


def _page(fetcher: Fetcher, url: str, key: str, sleep: Callable[[float], None]) -> dict[str, Any]:
    patience = Retrying(
        retry=retry_if_exception_type(_Busy),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=_wait,
        sleep=sleep,
        reraise=True,
    )
    try:
        return patience(_ask, fetcher, url, key)
    except _Busy as busy:
        raise Unavailable(f"the Fact Check Tools API {busy}, {_ATTEMPTS} times over") from None


def _ask(fetcher: Fetcher, url: str, key: str) -> dict[str, Any]:
    # The key goes into a header: addresses end up in logs and messages.
    try:
        with fetcher.answer(url, {"X-Goog-Api-Key": key}) as answer:
            body = b"".join(_bounded(answer))
    except Unavailable as error:
        raise _Busy(f"does not answer ({error})") from error
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
        raise _Busy(f"answered {answer.status_code}", answer.headers.get("Retry-After"))
    if not answer.is_success:
        raise Unavailable(f"the Fact Check Tools API answered {answer.status_code}: {_complaint(body)}")
    try:
        page = json.loads(body)
    except (ValueError, RecursionError):
        raise _Busy("answered what is not JSON") from None
    return page if isinstance(page, dict) else {}


def _bounded(answer: httpx.Response) -> Iterator[bytes]:
    size = 0
    for chunk in answer.iter_bytes():
        size += len(chunk)
        if size > _MAX_ANSWER:
            raise Unavailable("the answer of the Fact Check Tools API is too large")
        yield chunk


def _complaint(body: bytes) -> str:
    try:
        message = json.loads(body)["error"]["message"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return "is OBELISM_FACT_CHECK_KEY right?"
    return text_of(message)[:300]


def _wait(state: RetryCallState) -> float:
    """As long as the API says, else longer each time, with chance so that clients spread."""
    error = state.outcome.exception() if state.outcome else None
    told = error.retry_after if isinstance(error, _Busy) else None
    return told if told is not None else _EXPONENTIAL(state)


_EXPONENTIAL = wait_random_exponential(multiplier=1, max=60)


def _reviewed(answer: dict[str, Any], where: str) -> Iterator[Claim | Rejected]:
    for number, entry in enumerate(each(answer.get("claims")), start=1):
        try:
            yield _claim(entry if isinstance(entry, dict) else {})
        except BadClaim as error:
            yield Rejected(f"{where} claim {number}", str(error))


def _claim(entry: dict[str, Any]) -> Claim:
    text = text_of(entry.get("text"))
    if not text:
        raise BadClaim("the claim has no text")
    reviews = tuple(
        review for item in each(entry.get("claimReview")) if (review := _review(item, text)) is not None
    )
    if not reviews:
        raise BadClaim("the claim has no review with an http(s) address")
    return Claim("", text, reviews[0].language, name_of(entry.get("claimant")) or None, reviews=reviews)


def _review(item: object, text: str) -> Review | None:
    url = address_of(item.get("url")) if isinstance(item, dict) else None
    if url is None or not isinstance(item, dict):
        return None
    publisher = item["publisher"] if isinstance(item.get("publisher"), dict) else {}
    title = text_of(item.get("title"))
    return Review(
        publisher=name_of(publisher) or text_of(publisher.get("site"), MAX_NAME) or host_of(url),
        rating=text_of(item.get("textualRating")),
        url=url,
        title=title,
        date=date_of(item.get("reviewDate")),
        language=told_by(f"{text}\n{title}", url, language_in(item.get("languageCode"))),
    )
