"""What a paper says, frozen when it gets its number: later changes of profile or programme do not touch it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.assessment import programme
from calakan.assessment.programme import Mark, Part, Programme, Row
from calakan.certificates.designs import queries as designs
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, JpRule, LiveSession
from calakan.kernel import db
from calakan.kernel.wording import phrase
from calakan.narasumber import queries as narasumber
from calakan.narasumber.models import Duty
from calakan.office.queries import OfficeSettings, office_settings
from calakan.people.models import Person
from calakan.people.queries import workplace


def freeze(papers: Sequence[Certificate], *, now: datetime) -> None:
    """Write `facts` and `jp` of these papers; few statements for each diklat, whatever the number of people."""
    by_diklat: dict[int, list[Certificate]] = defaultdict(list)
    for paper in papers:
        by_diklat[paper.diklat_id].append(paper)
    people = {
        person.id: person
        for person in db.session().scalars(
            sa.select(Person)
            .where(Person.id.in_([paper.person_id for paper in papers]))
            .options(joinedload(Person.school), joinedload(Person.kecamatan))
        )
    }
    office = office_settings()
    for diklat_id, group in by_diklat.items():
        diklat = db.session().get_one(Diklat, diklat_id)
        _freeze_diklat(diklat, group, people, office, now=now)


def _freeze_diklat(
    diklat: Diklat,
    papers: Sequence[Certificate],
    people: dict[int, Person],
    office: OfficeSettings,
    *,
    now: datetime,
) -> None:
    held = programme.held(diklat, [paper.person_id for paper in papers], now=now)
    event = _event(diklat, held.rows, held.jp, office)
    taught: dict[str, Any] | None = None
    for paper in papers:
        if paper.role not in (CertificateRole.PARTICIPANT, CertificateRole.ATTENDEE):
            if taught is None:
                whole = programme.taught(diklat, now=now)
                taught = _event(diklat, whole.rows, whole.jp, office) | {"taught": True}
            stated, marks = taught, [""] * len(taught["programme"])
        else:
            stated = event | _own(paper, held)
            marks = [_mark(row, part) for row, part in zip(held.rows, held.parts[paper.person_id], strict=True)]
        paper.jp = stated["jp"]
        paper.facts = _facts(people[paper.person_id], stated, paper.role, marks)


def _own(paper: Certificate, held: Programme) -> dict[str, Any]:
    """What this person's paper says otherwise than the others of the diklat."""
    if paper.role is CertificateRole.ATTENDEE:
        return {"jp": held.own_jp(paper.person_id), "statement": True, "own": True}
    return {"jp": held.certified_jp(paper.person_id), "own": True} if held.rule is JpRule.OWN else {}


def _mark(row: Row, part: Part) -> str:
    """`partly:1/2` is one of two sessions."""
    return f"{part.mark}:{part.attended}/{len(row.sessions)}" if part.mark is Mark.PARTLY else part.mark.value


def _facts(person: Person, event: dict[str, Any], role: CertificateRole, marks: list[str]) -> dict[str, Any]:
    return {
        "event": event,
        "name": person.printed_name,
        "bare_name": person.name,
        "workplace": workplace(person),
        "kecamatan": person.kecamatan.name if person.kecamatan is not None else "",
        "nip": person.nip or "",
        "nuptk": person.nuptk or "",
        "role": role.value,
        "attendance": marks,
    }


def preview(diklat: Diklat, person: Person, *, on: date) -> Certificate:
    """A participant's paper as it would be; no row, no number, and marked as a specimen."""
    found = programme.announced(diklat, programme.planned(diklat))
    rows, jp = found.rows, found.jp
    event = _event(diklat, rows, jp, office_settings()) | {"specimen": True}
    marks = [(Mark.PRESENT if row.sessions else Mark.DONE).value for row in rows]
    return Certificate(
        code="PRATINJAU",
        role=CertificateRole.PARTICIPANT,
        revision=0,
        number=phrase("certificates.number_later"),
        jp=jp,
        issued_on=on,
        design_version_id=designs.current_version(diklat.id),
        facts=_facts(person, event, CertificateRole.PARTICIPANT, marks),
    )


def _event(diklat: Diklat, rows: Sequence[Row], jp: int, office: OfficeSettings) -> dict[str, Any]:
    sessions = [session for row in rows for session in row.sessions]
    speakers = narasumber.confirmed_of([session.id for session in sessions])

    def names(row: Row) -> list[str]:
        found = [
            assigned.person.printed_name
            for session in row.sessions
            for assigned in speakers.get(session.id, ())
            if assigned.duty is Duty.SPEAKER
        ]
        return list(dict.fromkeys(found))

    return {
        "title": diklat.title,
        "kind": diklat.kind.value,
        "mode": diklat.mode.value,
        "place": diklat.place,
        "level": office.event_level,
        "dates": sorted({session.local_date.isoformat() for session in sessions or _all(diklat)}),
        "jp": jp,
        "minutes_per_jp": diklat.minutes_per_jp,
        "programme": [
            {
                "row": row.row.id,
                "title": row.row.title,
                "group": row.row.group.value,
                "jp": row.jp,
                "speakers": names(row),
                "when": [[s.starts_at.isoformat(), s.ends_at.isoformat()] for s in row.sessions],
                "shown_by": row.shown_by,
            }
            for row in rows
        ],
        "organiser": office.organiser,
        "programme_name": office.programme_name,
        "tagline": office.programme_tagline,
        "place_of_issue": office.place_of_issue,
        "zone": office.zone,
        "logo": office.logo,
        "signers": [asdict(signer) for signer in office.signers],
        "specimen": diklat.demo,
    }


def _all(diklat: Diklat) -> Sequence[LiveSession]:
    return diklat_queries.sessions_of(diklat.id)
