"""The audit log: every change, the newest first."""

from __future__ import annotations

from flask import Response, request

from obelism.api.editor.history import event_of
from obelism.api.editor.visits import Routes, Visit, row_number

PAGE = 50

routes = Routes()


@routes.add("GET", "/log")
def show_log(visit: Visit) -> Response:
    subject = request.args.get("subject", "").strip()
    entries = visit.service.store.audit.entries(
        subject or None, before=row_number(request.args.get("before", "")), limit=PAGE + 1
    )
    return visit.page(
        "log",
        events=[event_of(entry) for entry in entries[:PAGE]],
        subject=subject,
        following=entries[PAGE - 1].id if len(entries) > PAGE else None,
    )
