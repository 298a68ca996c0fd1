"""What a paper says, frozen when it gets its number: later changes of profile or programme do not touch it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.attendance import queries as attendance
from calakan.certificates.designs import queries as designs
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession, ProgrammeRow
from calakan.kernel import db
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
    sessions = diklat_queries.sessions_of(diklat.id)
    rows = diklat_queries.programme(diklat.id)
    event = _event(diklat, sessions, rows, office)
    standing = attendance.progress(diklat, [paper.person_id for paper in papers], now=now)
    for paper in papers:
        marks = [_attended(row, sessions, standing[paper.person_id], paper.role) for row in rows]
        stated = event
        paper.jp = diklat.jp
        if paper.role is CertificateRole.ATTENDEE:
            paper.jp = standing[paper.person_id].earned_jp
            stated = event | {"jp": paper.jp, "statement": True}
        paper.facts = _facts(people[paper.person_id], stated, paper.role, marks)


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
    sessions = diklat_queries.sessions_of(diklat.id)
    rows = diklat_queries.programme(diklat.id)
    event = _event(diklat, sessions, rows, office_settings()) | {"specimen": True}
    marks = ["present" if row.live else "done" for row in rows]
    return Certificate(
        code="PRATINJAU",
        role=CertificateRole.PARTICIPANT,
        revision=0,
        number="diberikan saat terbit",
        jp=diklat.jp,
        issued_on=on,
        design_version_id=designs.current_version(diklat.id),
        facts=_facts(person, event, CertificateRole.PARTICIPANT, marks),
    )


def _event(
    diklat: Diklat, sessions: Sequence[LiveSession], rows: Sequence[ProgrammeRow], office: OfficeSettings
) -> dict[str, Any]:
    speakers = narasumber.confirmed_of([session.id for session in sessions])
    taught: dict[int, list[LiveSession]] = defaultdict(list)
    for session in sessions:
        taught[session.row_id].append(session)

    def names(row: ProgrammeRow) -> list[str]:
        found = [
            assigned.person.printed_name
            for session in taught[row.id]
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
        "dates": sorted({session.local_date.isoformat() for session in sessions}),
        "jp": diklat.jp,
        "minutes_per_jp": office.minutes_per_jp,
        "programme": [
            {
                "title": row.title,
                "group": row.group.value,
                "jp": row.jp,
                "speakers": names(row),
                "when": [[s.starts_at.isoformat(), s.ends_at.isoformat()] for s in taught[row.id]],
            }
            for row in rows
        ],
        "organiser": office.organiser,
        "programme_name": office.programme_name,
        "tagline": office.programme_tagline,
        "place_of_issue": office.place_of_issue,
        "signers": [asdict(signer) for signer in office.signers],
        "specimen": diklat.demo,
    }


def _attended(
    row: ProgrammeRow, sessions: Sequence[LiveSession], standing: attendance.Progress, role: CertificateRole
) -> str:
    """present, absent, done, or nothing for those who taught."""
    if role not in (CertificateRole.PARTICIPANT, CertificateRole.ATTENDEE):
        return ""
    mine = [session for session in sessions if session.row_id == row.id]
    if not mine:
        return "done"
    return "present" if any(session.id in standing.attended for session in mine) else "absent"
