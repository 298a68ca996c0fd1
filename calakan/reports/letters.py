"""The mails of this room, composed when they are sent."""

from __future__ import annotations

from datetime import datetime

from calakan.kernel import db
from calakan.notifications.letters import Letter, LetterKind, link, render
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority
from calakan.reports import services
from calakan.reports.documents import exports
from calakan.reports.models import Export


def file_ready(message: Message, now: datetime) -> Letter | None:
    """A link, never the file: it may hold personal data. Nothing once the file is gone."""
    export = db.session().get(Export, message.subject_id)
    if export is None or not export.ready or export.expires_at is None:
        return None
    return render(
        "reports/mail/file_ready.txt",
        name=message.facts["name"],
        title=export.title,
        period=exports.period(services.filters_of(export.facts)),
        until=export.expires_at,
        address=link(f"/kelola/ekspor/{export.code}/unduh"),
    )


LETTERS = [
    LetterKind("reports.file_ready", file_ready, priority=Priority.USUAL, topic=None),
]
