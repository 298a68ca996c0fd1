"""What a participant still has to do for a certificate, one card each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calakan.completion.reasons import Line, lines
from calakan.completion.standing import Lack, standing_of_person
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import EnrolmentState
from calakan.kernel.actor import Actor
from calakan.kernel.cards import Card, Way, When
from calakan.office.queries import office_settings

PAGES = {
    Lack.TASK: ("Kerjakan", "assessment.task"),
    Lack.TEST: ("Kerjakan", "assessment.exam"),
    Lack.QUESTIONNAIRE: ("Isi", "feedback.answer"),
}


def cards(actor: Actor, now: datetime) -> Iterator[Card]:
    """Tasks, tests and questionnaires that wait for this person; sessions tell of themselves."""
    if actor.person_id is None:
        return
    mine = [
        row.diklat
        for row in enrolment.of_person(actor.person_id)
        if row.state is EnrolmentState.CONFIRMED and row.diklat.state is DiklatState.PUBLISHED
    ]
    found = standing_of_person(mine, actor.person_id, now=now) if mine else {}
    contact = office_settings().contact
    for diklat in mine:
        for line in lines(found[diklat.id], contact=contact, now=now):
            if line.lack in PAGES and not line.waits and not line.lost:
                yield _card(diklat, line)


def _card(diklat: Diklat, line: Line) -> Card:
    text, endpoint = PAGES[line.lack]
    parts: dict[str, object] = {"slug": diklat.slug}
    if line.number is not None:
        parts["number"] = line.number
    return Card(
        when=When.WAITING, title=line.text, note=diklat.title, icon="list-checks", ways=(Way(text, endpoint, parts),)
    )
