"""The daftar hadir of one diklat: its participants, a mark for each session, and room to sign."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.attendance import queries as attendance
from calakan.attendance.models import Presence
from calakan.diklat import queries as diklat_queries
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db, formats
from calakan.office.models import ChoiceKind
from calakan.office.queries import choices
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.reports.documents.lists.listing import Cell, Column, Listing, Style, scalars
from calakan.reports.errors import DiklatNeeded


class Attendance(Listing):
    title = "Daftar hadir"
    definition = (
        "Peserta terdaftar menurut nama. Hadir: kehadiran yang tercatat pada sesi itu; sesi yang dibatalkan tidak "
        "dicantumkan. Kolom tanda tangan dibiarkan kosong."
    )
    signed = True

    @cached_property
    def diklat_id(self) -> int:
        found = diklat_queries.by_slug(self.filters.diklat) if self.filters.diklat else None
        if found is None:
            raise DiklatNeeded()
        return found.id

    @cached_property
    def sessions(self) -> Sequence[tuple[int, str]]:
        """Id and heading; plain values, which outlive the batches."""
        return [
            (session.id, f"Sesi {session.number} ({formats.day(session.local_date, short=True)})")
            for session in diklat_queries.sessions_of(self.diklat_id)
        ]

    @property
    def about(self) -> Sequence[tuple[str, str]]:
        diklat = diklat_queries.diklat(self.diklat_id)
        return [
            ("Diklat", diklat.title if diklat is not None else ""),
            *(
                (
                    f"Sesi {session.number}",
                    f"{session.title}, {formats.span(session.starts_at, session.ends_at, short=False)}, "
                    f"{session.place or 'daring'}",
                )
                for session in diklat_queries.sessions_of(self.diklat_id)
            ),
        ]

    @property
    def columns(self) -> Sequence[Column]:
        marks = [Column(heading, 18, Style.CODE, printed=2) for _, heading in self.sessions]
        return [
            Column("Nama", 34, printed=6),
            Column("NIP", 22, Style.LONG, printed=4),
            Column("Jabatan", 18, printed=3),
            Column("Unit kerja", 34, printed=5),
            *marks,
            Column("Tanda tangan", 24, Style.CODE, printed=5),
        ]

    def ids(self) -> Sequence[int]:
        wanted = (
            sa.select(Enrolment.id)
            .join(Person, Person.id == Enrolment.person_id)
            .where(
                Enrolment.diklat_id == self.diklat_id,
                Enrolment.state == EnrolmentState.CONFIRMED,
                people.visible_to(self.actor),
            )
        )
        return scalars(wanted.order_by(Person.name_key, Enrolment.id))

    def cells(self, ids: Sequence[int]) -> dict[int, Sequence[Cell]]:
        found = db.session().scalars(
            sa.select(Enrolment)
            .where(Enrolment.id.in_(ids))
            .options(
                joinedload(Enrolment.person).joinedload(Person.school),
                joinedload(Enrolment.person).joinedload(Person.kecamatan),
            )
        )
        rows, lists = found.all(), choices()
        sessions = [id for id, _ in self.sessions]
        there = attendance.presences(sessions, [row.person_id for row in rows])
        return {
            row.id: [
                row.person.printed_name,
                row.person.nip,
                lists.label(ChoiceKind.JABATAN, row.person.jabatan),
                people.workplace(row.person),
                *("hadir" if _present(there, row.person_id, id) else "" for id in sessions),
                "",
            ]
            for row in rows
        }


def _present(there: dict[int, dict[int, Presence]], person_id: int, session_id: int) -> bool:
    mark = there.get(person_id, {}).get(session_id)
    return mark is not None and mark.present
