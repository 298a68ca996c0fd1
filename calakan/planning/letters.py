"""The mails of this room."""

from __future__ import annotations

from datetime import datetime

from calakan.diklat.models import Diklat, DiklatState
from calakan.kernel import db
from calakan.notifications.letters import Letter, LetterKind, render
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority
from calakan.planning.models import ReviewNote


def comment(message: Message, now: datetime) -> Letter | None:
    note = db.session().get(ReviewNote, message.subject_id)
    diklat = db.session().get(Diklat, note.diklat_id) if note is not None else None
    if note is None or diklat is None or diklat.state is DiklatState.CANCELLED:
        return None
    return render("planning/mail/comment.txt", name=message.facts["name"], note=note, diklat=diklat)


LETTERS = [
    LetterKind("planning.comment", comment, priority=Priority.USUAL, topic=None),
]
