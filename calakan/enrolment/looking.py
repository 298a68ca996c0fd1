"""What a card of the catalogue says to whoever looks: whether one can still join, stands in it already, and is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.diklat import kept
from calakan.diklat.kept import Audience
from calakan.diklat.models import Diklat
from calakan.enrolment import queries, services
from calakan.enrolment.errors import EnrolmentClosed
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.people.models import Jenjang, Person


@dataclass(frozen=True)
class Mark:
    """`refusal` says why nobody can join now; `place` is that in the line.

    `fits` is None where nobody is signed in or the diklat is for everybody.
    """

    refusal: EnrolmentClosed | None
    state: EnrolmentState | None = None
    place: int | None = None
    fits: bool | None = None

    @property
    def open(self) -> bool:
        return self.refusal is None


def marks(diklat: Sequence[Diklat], person_id: int | None, *, now: datetime) -> dict[int, Mark]:
    """By diklat; nothing is asked about a stranger, and two statements at most about a person."""
    if person_id is None or not diklat:
        return {d.id: Mark(_refusal(d, now)) for d in diklat}
    rows = db.session().execute(_OWN, {"person": person_id, "diklat": [d.id for d in diklat]}).all()
    jenjang, jabatan = rows[0].jenjang, rows[0].jabatan
    states = {row.diklat_id: row.state for row in rows}
    places = queries.places_in_line(person_id) if EnrolmentState.WAITING in states.values() else {}
    meant = kept.audiences(diklat)
    return {
        d.id: Mark(_refusal(d, now), states.get(d.id), places.get(d.id), _fits(meant[d.id], jenjang, jabatan))
        for d in diklat
    }


_OWN = (
    sa.select(Person.jenjang, Person.jabatan, Enrolment.diklat_id, Enrolment.state)
    .outerjoin(
        Enrolment,
        sa.and_(
            Enrolment.person_id == Person.id,
            Enrolment.diklat_id.in_(sa.bindparam("diklat", expanding=True)),
            Enrolment.state != EnrolmentState.CANCELLED,
        ),
    )
    .where(Person.id == sa.bindparam("person"))
)


def _fits(whom: Audience, jenjang: Jenjang | None, jabatan: str | None) -> bool | None:
    return services.meant(whom.levels, whom.posts, jenjang, jabatan) if whom.levels or whom.posts else None


def _refusal(diklat: Diklat, now: datetime) -> EnrolmentClosed | None:
    try:
        services.check_open(diklat, now=now)
    except EnrolmentClosed as error:
        return error
    return None
