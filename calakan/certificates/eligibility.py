"""Who gets a paper for a diklat, and who does not and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.attendance import queries as attendance
from calakan.certificates.models import CertificateRole
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment
from calakan.kernel import db
from calakan.narasumber import queries as narasumber
from calakan.narasumber.models import Duty
from calakan.people.models import Person

_ROLES = {Duty.SPEAKER: CertificateRole.SPEAKER, Duty.MODERATOR: CertificateRole.MODERATOR}


@dataclass(frozen=True)
class DryRun:
    """`eligible` will get a paper; `lacking` maps those who will not to the JP they lack."""

    eligible: Sequence[tuple[int, CertificateRole]]
    lacking: dict[int, int]


def dry_run(diklat: Diklat, *, now: datetime) -> DryRun:
    """Participants who met the attendance rule, and everyone who stood in a session. Reads only."""
    people = enrolment.confirmed_people(diklat.id)
    standing = attendance.progress(diklat, people, now=now)
    eligible = [(person_id, CertificateRole.PARTICIPANT) for person_id in people if standing[person_id].met]
    speakers: dict[int, CertificateRole] = {}
    for person_id, duty in narasumber.duties(diklat.id):
        # Who both spoke and moderated gets the paper of a narasumber.
        if speakers.get(person_id) is not CertificateRole.SPEAKER:
            speakers[person_id] = _ROLES[duty]
    lacking = {person_id: standing[person_id].lacking_jp for person_id in people if not standing[person_id].met}
    return DryRun(eligible=[*eligible, *sorted(speakers.items())], lacking=lacking)


def names(person_ids: Sequence[int]) -> dict[int, Person]:
    rows = db.session().scalars(sa.select(Person).where(Person.id.in_(person_ids)))
    return {person.id: person for person in rows}
