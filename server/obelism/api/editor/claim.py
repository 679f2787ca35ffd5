"""Writing a claim: create, edit, preview, retire, and how sure its matches must be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flask import Response, request

from obelism.api.editor.differences import Difference, claim_of, differences
from obelism.api.editor.drafts import FIELDS, FRESH, Draft, checked, draft_of, draft_of_form
from obelism.api.editor.listing import ClaimRow, row_of
from obelism.api.editor.preview import Judged, judged
from obelism.api.editor.visits import SWITCH, Routes, Visit
from obelism.api.editor.words import words
from obelism.api.front import LANGUAGES
from obelism.api.problems import Problem, problem_of
from obelism.errors import NotFound, ObelismError
from obelism.model import Claim, Match
from obelism.ratings import status_of
from obelism.records import STANCES, STATES
from obelism.store import ChangedMeanwhile, Taken, revision_of

routes = Routes()

# What an editor may ask of a claim's matches; 1 is never reached, so such a claim is only looked up.
FLOORS = (0.85, 0.9, 0.95, 0.98, 0.99, 1.0)
EXAMPLES = ("framings", "ordinary")
SIMILAR = 5


@dataclass
class Desk:
    """What the page of a claim shows besides the draft."""

    draft: Draft
    revision: str = ""
    """Of the version that the draft began from; empty for a new claim."""
    mistakes: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    theirs: tuple[Difference, ...] = ()
    """What somebody else has changed meanwhile."""
    sentences: list[Judged] | None = None
    similar: list[tuple[ClaimRow, Match]] = field(default_factory=list)
    text: str = ""
    """Pasted for the preview."""
    example: str = ""
    focus: str = ""
    """The field that was just added."""
    status: int = 200


@routes.add("GET", "/claims/new")
def new_claim(visit: Visit) -> Response:
    text = request.args.get("text", "")
    return _page(visit, Desk(Draft(text=text, language=visit.session.lang)))


@routes.add("GET", "/claim")
def edit_claim(visit: Visit) -> Response:
    kept = visit.service.store.desk.kept(request.args.get("id", ""))
    if kept is None:
        raise NotFound("no such claim")
    if not kept.is_live:
        return visit.page("gone", kept=kept, row=row_of(kept.claim, visit.session.lang))
    return _page(visit, Desk(draft_of(kept.claim), revision_of(kept.claim)))


@routes.add("POST", "/claim")
def write_claim(visit: Visit) -> Response:
    desk = Desk(draft_of_form(visit.form), visit.form.get("revision", ""), text=visit.form.get("try", ""))
    if visit.act == "save":
        return _save(visit, desk)
    if visit.act == "preview":
        _preview(visit, desk)
    elif not visit.act.startswith(SWITCH):
        _change_rows(visit.act, desk)
    return _page(visit, desk)


@routes.add("POST", "/claim/retire", writes=True)
def retire_claim(visit: Visit) -> Response:
    id, reason = visit.form.get("id", ""), visit.form.get("reason", "").strip()
    if not reason:
        kept = visit.service.store.desk.kept(id)
        if kept is None or not kept.is_live:
            raise NotFound("no such claim")
        desk = Desk(
            draft_of(kept.claim), revision_of(kept.claim), {"reason": "mistake_no_reason"}, status=422
        )
        return _page(visit, desk)
    visit.service.store.desk.retire(id, visit.actor, reason[:2000])
    visit.service.refresh()
    return visit.go("edit_claim", "retired", id=id)


@routes.add("POST", "/claim/revive", writes=True)
def revive_claim(visit: Visit) -> Response:
    visit.service.store.revive(visit.form.get("id", ""), visit.actor)
    visit.service.refresh()
    return visit.go("edit_claim", "revived", id=visit.form.get("id", ""))


@routes.add("POST", "/claim/floor", writes=True)
def set_floor(visit: Visit) -> Response:
    wish = visit.form.get("floor", "")
    floor = next((floor for floor in FLOORS if f"{floor:g}" == wish), None)
    visit.service.store.floors.set(visit.form.get("id", ""), floor, visit.actor)
    visit.service.refresh()
    return visit.go("edit_claim", "floor", id=visit.form.get("id", ""))


def _save(visit: Visit, desk: Desk) -> Response:
    claim, desk.mistakes = checked(desk.draft)
    if claim is None:
        desk.status = 422
        return _page(visit, desk)
    try:
        with visit.service.one_writer():
            if desk.revision:
                visit.service.store.desk.save(claim, visit.actor, desk.revision)
            else:
                visit.service.store.desk.add(claim, visit.actor)
    except Taken:
        desk.mistakes, desk.status = {"id": "mistake_taken"}, 409
    except ChangedMeanwhile as error:
        _show_theirs(visit, desk, error)
    except (Problem, ObelismError) as error:
        problem = problem_of(error)
        desk.problem, desk.status = _told(visit, problem), problem.status
    else:
        visit.service.refresh()
        return visit.go("edit_claim", "saved", id=claim.id)
    return _page(visit, desk)


def _show_theirs(visit: Visit, desk: Desk, error: ChangedMeanwhile) -> None:
    """The draft stays; from now on it is one of the newer version, so that saving again means it."""
    desk.status = 409
    if not error.now.is_live:
        desk.problem = visit.words("meanwhile_gone")
        return
    desk.theirs = differences(_version(visit, error.now.claim.id, desk.revision), error.now.claim)
    desk.revision = revision_of(error.now.claim)
    desk.problem = visit.words("meanwhile")


def _version(visit: Visit, id: str, revision: str) -> Claim | None:
    """The version of a claim that had that revision, from its history."""
    versions = (claim_of(entry.after) for entry in visit.service.store.audit.history(id))
    return next((claim for claim in versions if claim and revision_of(claim) == revision), None)


def _preview(visit: Visit, desk: Desk) -> None:
    """Judge the pasted text, or an example made from the draft."""
    claim, desk.mistakes = checked(desk.draft)
    if claim is None:
        desk.status = 422
        return
    service = visit.service
    desk.example = visit.form.get("example", "")
    text = desk.text
    if desk.example in EXAMPLES:
        spoken = next((code for code, _ in LANGUAGES if code == claim.language), visit.session.lang)
        text = words(spoken)(f"example_{desk.example}_text", text=claim.text)
    try:
        floor = service.store.floors.get(claim.id)
        desk.sentences, desk.similar = service.work(
            lambda: (judged(service.pipeline, claim, text, floor), _similar(visit, claim))
        )
    except (Problem, ObelismError) as error:
        problem = problem_of(error)
        desk.problem, desk.status = _told(visit, problem), problem.status


def _similar(visit: Visit, claim: Claim) -> list[tuple[ClaimRow, Match]]:
    pipeline = visit.service.pipeline
    matches = pipeline.look_up(claim.text, claim.language, SIMILAR + 1)
    least = pipeline.matcher.model.related
    others = [match for match in matches if match.claim.id != claim.id and match.score >= least][:SIMILAR]
    return [(row_of(match.claim, visit.session.lang), match) for match in others]


def _change_rows(act: str, desk: Desk) -> None:
    found = re.fullmatch(r"(add|remove)-([a-z]+)(?:-(\d{1,4}))?", act)
    if not found or found[2] not in FIELDS:
        return
    group = found[2]
    if found[1] == "add":
        desk.draft.add(group)
        desk.focus = f"{group}-{len(desk.draft.rows[group]) - 1}-{FIELDS[group][0]}"
    elif found[3]:
        desk.draft.remove(group, int(found[3]))
        desk.focus = f"add-{group}"


def _told(visit: Visit, problem: Problem) -> str:
    name = f"problem_{problem.kind}"
    return visit.words(name if visit.words.has(name) else "problem_page")


def _page(visit: Visit, desk: Desk) -> Response:
    store, id = visit.service.store, desk.draft.id if desk.revision else ""
    claim, _ = checked(desk.draft)
    return visit.page(
        "claim",
        desk.status,
        desk=desk,
        draft=desk.draft,
        id=id,
        groups=FIELDS,
        fresh={group: {"language": desk.draft.language, **FRESH[group]} for group in FIELDS},
        standing=status_of(claim) if claim else None,
        stances=STANCES,
        states=STATES,
        examples=EXAMPLES,
        floors=FLOORS,
        floor=store.floors.get(id) if id else None,
        usual=visit.service.pipeline.matcher.model.same,
        said=store.feedback.counts([id]).get(id, {}) if id else {},
        form="claim",
    )
