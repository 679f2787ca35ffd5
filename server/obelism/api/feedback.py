"""POST /v1/feedback: a reader's word on a note, without anything of the page."""

from __future__ import annotations

from obelism.api.operations import Answer, Asked, Operations
from obelism.api.shapes import Accepted, FeedbackSent

operations = Operations()


@operations.add(
    "POST",
    "/v1/feedback",
    "Say that a note was wrong, or helpful",
    body=FeedbackSent,
    answers={202: Accepted},
    problems=(404,),
    limited=True,
    for_readers=True,
    writes=True,
)
def give_feedback(asked: Asked) -> Answer:
    sent: FeedbackSent = asked.body
    asked.service.store.feedback.add(sent.claim, sent.kind, sent.framing)
    return Answer(Accepted(), 202)
