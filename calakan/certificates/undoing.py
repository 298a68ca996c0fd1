"""Taking a list of attendance back, unless papers rest on it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.attendance import batches, evidence
from calakan.certificates.errors import ListCertified
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat.models import Diklat
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.people.models import Person

MOST_NAMED = 5


def undo_list(batch_id: int, *, actor: Actor, now: datetime) -> int:
    """How many presences were taken back. Raises ListCertified with the names, and whatever `batches.undo` raises."""
    batch = batches.batch(batch_id)
    if batch is None:
        raise NotFound()
    diklat = db.lock(Diklat, batch.live_session.diklat_id)
    resting = evidence.resting_on(batch.live_session, batch.id)
    names = (
        db.session()
        .scalars(
            sa.select(Person.name)
            .join(Certificate, Certificate.person_id == Person.id)
            .where(
                Certificate.diklat_id == diklat.id,
                Certificate.role.in_((CertificateRole.PARTICIPANT, CertificateRole.ATTENDEE)),
                Certificate.status == Status.VALID,
                Person.id.in_(resting),
            )
            .distinct()
            .order_by(Person.name)
        )
        .all()
    )
    if names:
        raise ListCertified(names=list(names[:MOST_NAMED]), more=max(len(names) - MOST_NAMED, 0))
    return batches.undo(batch_id, actor=actor, now=now)
