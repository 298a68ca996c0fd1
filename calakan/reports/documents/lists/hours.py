"""What narasumber and moderators have given: one row for each person and session that was held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.diklat.models import Diklat, LiveSession, SessionState
from calakan.kernel import clock, db
from calakan.narasumber.models import Assignment, AssignmentState, Duty
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.reports import stages
from calakan.reports.documents.lists.listing import Cell, Column, Listing, Style, scalars, when

_DUTIES = {Duty.SPEAKER: "Narasumber", Duty.MODERATOR: "Moderator"}


class Hours(Listing):
    title = "Jam narasumber"
    definition = (
        "Penugasan yang dikonfirmasi pada sesi yang sudah selesai dan tidak dibatalkan. Menit menurut jadwal sesi; "
        "periode menurut tanggal sesi."
    )
    columns: ClassVar[Sequence[Column]] = [
        Column("Nama", 34, printed=6),
        Column("NIP", 22, Style.LONG),
        Column("Unit kerja", 34, printed=5),
        Column("Sebagai", 12, Style.CODE, printed=2),
        Column("Diklat", 40, printed=6),
        Column("Sesi", 34, printed=5),
        Column("Mulai", 17, Style.MOMENT, printed=4),
        Column("Selesai", 17, Style.MOMENT),
        Column("Menit", 8, Style.NUMBER, printed=1),
        Column("JP", 6, Style.NUMBER, printed=1),
    ]

    def ids(self) -> Sequence[int]:
        wanted = (
            sa.select(Assignment.id)
            .join(LiveSession, LiveSession.id == Assignment.live_session_id)
            .join(Diklat, Diklat.id == LiveSession.diklat_id)
            .join(Person, Person.id == Assignment.person_id)
            .where(
                Assignment.state == AssignmentState.CONFIRMED,
                LiveSession.state == SessionState.PLANNED,
                LiveSession.ends_at <= self.now,
                people.visible_to(self.actor),
            )
        )
        filters = self.filters
        if filters.since is not None:
            wanted = wanted.where(LiveSession.starts_at >= clock.start_of(filters.since))
        if filters.until is not None:
            wanted = wanted.where(LiveSession.starts_at < clock.end_of(filters.until))
        if filters.diklat:
            wanted = wanted.where(Diklat.slug == filters.diklat)
        wanted = wanted.where(stages.of_person(filters), stages.about_diklat(filters))
        return scalars(wanted.order_by(Person.name_key, Person.id, LiveSession.starts_at, Assignment.id))

    def cells(self, ids: Sequence[int]) -> dict[int, Sequence[Cell]]:
        found = db.session().execute(
            sa.select(Assignment, LiveSession, Diklat.title)
            .join(LiveSession, LiveSession.id == Assignment.live_session_id)
            .join(Diklat, Diklat.id == LiveSession.diklat_id)
            .where(Assignment.id.in_(ids))
            .options(
                joinedload(Assignment.person).joinedload(Person.school),
                joinedload(Assignment.person).joinedload(Person.kecamatan),
            )
        )
        return {
            row.id: (
                row.person.printed_name,
                row.person.nip,
                people.workplace(row.person),
                _DUTIES[row.duty],
                title,
                session.title,
                when(session.starts_at),
                when(session.ends_at),
                int((session.ends_at - session.starts_at).total_seconds()) // 60,
                session.jp,
            )
            for row, session, title in found
        }
