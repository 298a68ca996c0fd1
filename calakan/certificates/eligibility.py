"""Who gets a paper for a diklat, and who does not and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment import programme
from calakan.assessment.standing import standing as assessed
from calakan.attendance import queries as attendance
from calakan.certificates.models import CertificateRole, CommitteeMember
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment
from calakan.kernel import db
from calakan.narasumber import queries as narasumber
from calakan.narasumber.models import Duty
from calakan.people.models import Person

_ROLES = {Duty.SPEAKER: CertificateRole.SPEAKER, Duty.MODERATOR: CertificateRole.MODERATOR}


@dataclass(frozen=True)
class DryRun:
    """`eligible` will get a paper; `lacking` maps those who will not to the JP they lack, `absent` were never there.

    Who lacks no JP still owes a task or a test. `partly` maps those among the lacking who were there for some JP: they may get a surat keterangan.
    """

    eligible: Sequence[tuple[int, CertificateRole]]
    lacking: dict[int, int]
    absent: frozenset[int] = frozenset()
    partly: dict[int, int] = field(default_factory=dict)

    def count(self, role: CertificateRole) -> int:
        return sum(1 for _, got in self.eligible if got is role)


@dataclass(frozen=True)
class Without:
    """People who will get no paper for one and the same reason; `lacking_jp` is None for those who never came.

    `people` holds the first names of the group by the alphabet, `count` is of all.
    """

    lacking_jp: int | None
    count: int
    people: Sequence[Person]


def dry_run(diklat: Diklat, *, now: datetime) -> DryRun:
    """Participants who met the rule of the diklat (presence, its compulsory tasks, its final test), everyone who stood in a session, and the panitia. Reads only."""
    people = enrolment.confirmed_people(diklat.id)
    standing, done = attendance.progress(diklat, people, now=now), assessed(diklat.id, people, now=now)
    passed = {person_id for person_id in people if standing[person_id].met and done[person_id].met}
    eligible = [(person_id, CertificateRole.PARTICIPANT) for person_id in people if person_id in passed]
    speakers: dict[int, CertificateRole] = {}
    for person_id, duty in narasumber.duties(diklat.id):
        # Who both spoke and moderated gets the paper of a narasumber.
        if speakers.get(person_id) is not CertificateRole.SPEAKER:
            speakers[person_id] = _ROLES[duty]
    lacking = {person_id: standing[person_id].lacking_jp for person_id in people if person_id not in passed}
    absent = frozenset(person_id for person_id in lacking if not standing[person_id].earned_jp)
    held = programme.held(diklat, [person_id for person_id in lacking if person_id not in absent], now=now)
    partly = {person_id: jp for person_id in held.parts if (jp := held.own_jp(person_id))}
    committee = [(person_id, CertificateRole.COMMITTEE) for person_id in committee_of(diklat.id)]
    everyone = [*eligible, *sorted(speakers.items()), *committee]
    return DryRun(eligible=everyone, lacking=lacking, absent=absent, partly=partly)


def committee_of(diklat_id: int) -> Sequence[int]:
    rows = sa.select(CommitteeMember.person_id).where(CommitteeMember.diklat_id == diklat_id)
    return db.session().scalars(rows.order_by(CommitteeMember.person_id)).all()


def without_paper(plan: DryRun, *, shown: int = 100) -> list[Without]:
    """Those who will get none, grouped by what they lack: the nearest to a paper first, the absent last."""
    groups: dict[int | None, list[int]] = defaultdict(list)
    for person_id, jp in plan.lacking.items():
        groups[None if person_id in plan.absent else jp].append(person_id)
    order = sorted(groups, key=lambda jp: (jp is None, jp or 0))
    return [Without(jp, len(groups[jp]), _by_name(groups[jp], shown)) for jp in order]


def _by_name(person_ids: Sequence[int], shown: int) -> Sequence[Person]:
    wanted = sa.select(Person).where(Person.id.in_(person_ids)).order_by(Person.name_key, Person.id).limit(shown)
    return db.session().scalars(wanted).all()
