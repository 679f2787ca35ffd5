"""POST /v1/lookups: a statement in, the claims that are nearest to it out."""

from __future__ import annotations

from collections.abc import Callable

from obelism.api import logs
from obelism.api.answers import results_shown
from obelism.api.operations import Answer, Asked, Operations
from obelism.api.shapes import LookupAsked, ResultsShown
from obelism.model import Claim
from obelism.ratings import status_of
from obelism.text import fold

operations = Operations()


@operations.add(
    "POST",
    "/v1/lookups",
    "Rank the claims that a statement may be about, best first",
    body=LookupAsked,
    answers={200: ResultsShown},
    limited=True,
    for_readers=True,
)
def look_up(asked: Asked) -> Answer:
    sent: LookupAsked = asked.body
    matches = asked.service.work(
        lambda: asked.service.pipeline.look_up(sent.text, sent.language, sent.limit, keep=keeper(sent))
    )
    logs.tell(results=len(matches))
    return Answer(results_shown(matches))


def keeper(sent: LookupAsked) -> Callable[[Claim], bool] | None:
    """The filters of a look-up as one test of a claim; None when there is none.

    `publisher` is part of a reviewer's name, `since` is compared with the latest review or position.
    """
    if not (sent.publisher or sent.status or sent.since):
        return None
    publisher = fold(sent.publisher or "")

    def keep(claim: Claim) -> bool:
        if publisher and not any(publisher in fold(review.publisher) for review in claim.reviews):
            return False
        if sent.status and status_of(claim) != sent.status:
            return False
        dates = [*(review.date for review in claim.reviews), *(position.date for position in claim.positions)]
        return not sent.since or any(date and date >= sent.since for date in dates)

    return keep
