"""The mails of this room, composed when they are sent."""

from __future__ import annotations

from datetime import datetime

from calakan.kernel import db
from calakan.notifications.letters import Letter, link, render
from calakan.notifications.models import Message
from calakan.people.models import Person
from calakan.reports import erasure, exports, services
from calakan.reports.models import Export


def erasure_asked(message: Message, now: datetime) -> Letter | None:
    """To an admin; nothing once it is done."""
    person = db.session().get(Person, message.subject_id)
    asked = erasure.asked_at(message.subject_id or 0)
    if person is None or asked is None:
        return None
    return render(
        "reports/mail/erasure_asked.txt",
        name=message.facts["name"],
        until=asked + erasure.WITHIN,
        address=link(f"/kelola/orang/{person.code}"),
    )


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


LETTERS = {"reports.erasure_asked": erasure_asked, "reports.file_ready": file_ready}
