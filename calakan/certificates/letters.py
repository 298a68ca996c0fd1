"""The mail that brings the certificate."""

from __future__ import annotations

from datetime import datetime

from calakan.certificates import links, queries
from calakan.certificates.models import Status
from calakan.notifications.letters import Letter, LetterKind, link, render
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority


def issued(message: Message, now: datetime) -> Letter | None:
    paper = queries.certificate(message.subject_id or 0)
    if paper is None or paper.status is not Status.VALID:
        return None
    return render(
        "certificates/mail/issued.txt",
        name=message.facts["name"],
        paper=paper,
        title=paper.facts["event"]["title"],
        check=link(f"/s/{paper.code}"),
        download=link(f"/sertifikat/{links.token(paper.code)}.pdf"),
    )


def correction_refused(message: Message, now: datetime) -> Letter | None:
    paper = queries.certificate(message.subject_id or 0)
    if paper is None:
        return None
    return render(
        "certificates/mail/correction_refused.txt",
        name=message.facts["name"],
        answer=message.facts["answer"],
        paper=paper,
        title=paper.facts["event"]["title"],
        check=link(f"/s/{paper.code}"),
    )


LETTERS = [
    LetterKind("certificates.issued", issued, priority=Priority.USUAL, topic=None),
    LetterKind("certificates.correction_refused", correction_refused, priority=Priority.USUAL, topic=None),
]
