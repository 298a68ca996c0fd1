"""Who gets a paper for a diklat, as what, and who does not: `completion` says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.assessment import programme
from calakan.certificates.models import CertificateRole
from calakan.completion.standing import Standing, standing
from calakan.diklat.models import CommitteeMember, Diklat, JpRule
from calakan.enrolment import queries as enrolment
from calakan.kernel import db
from calakan.narasumber import queries as narasumber
from calakan.narasumber.models import Duty

_ROLES = {Duty.SPEAKER: CertificateRole.SPEAKER, Duty.MODERATOR: CertificateRole.MODERATOR}


@dataclass(frozen=True)
class DryRun:
    """`eligible` will get a paper; `lacking` maps the participants who will not to where they stand.

    Once all is over, whoever passes, by an exception even, and has no JP of which a paper could tell is among the lacking.
    """

    eligible: Sequence[tuple[int, CertificateRole]]
    lacking: dict[int, Standing]
    partly: dict[int, int]
    """Those among the lacking who were there for some JP, and for how many: they may get a surat keterangan."""

    @property
    def participants(self) -> int:
        return self.count(CertificateRole.PARTICIPANT)

    @property
    def others(self) -> int:
        return len(self.eligible) - self.participants

    def count(self, role: CertificateRole) -> int:
        return sum(1 for _, got in self.eligible if got is role)


def dry_run(diklat: Diklat, *, now: datetime) -> DryRun:
    """Participants who pass the diklat, everyone who stood in a session, and the panitia. Reads only."""
    people = enrolment.confirmed_people(diklat.id)
    found = standing(diklat, people, now=now)
    passed = [id for id in people if found[id].met]
    there = [id for id in people if found[id].progress.earned or diklat.jp_rule is JpRule.OWN]
    held = programme.held(diklat, there, now=now)
    over = diklat.ends_at is not None and diklat.ends_at <= now
    certified = {id for id in passed if not over or held.certified_jp(id)}
    eligible = [(id, CertificateRole.PARTICIPANT) for id in people if id in certified]
    speakers: dict[int, CertificateRole] = {}
    for person_id, duty in narasumber.duties(diklat.id):
        # Who both spoke and moderated gets the paper of a narasumber.
        if speakers.get(person_id) is not CertificateRole.SPEAKER:
            speakers[person_id] = _ROLES[duty]
    lacking = {id: found[id] for id in people if id not in certified}
    partly = {id: jp for id in lacking if id in held.parts and (jp := held.own_jp(id))}
    committee = [(person_id, CertificateRole.COMMITTEE) for person_id in committee_of(diklat.id)]
    everyone = [*eligible, *sorted(speakers.items()), *committee]
    return DryRun(everyone, lacking, partly)


def committee_of(diklat_id: int) -> Sequence[int]:
    rows = sa.select(CommitteeMember.person_id).where(CommitteeMember.diklat_id == diklat_id)
    return db.session().scalars(rows.order_by(CommitteeMember.person_id)).all()
