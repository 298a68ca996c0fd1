"""A message of the panitia to many: written, looked at, tried on oneself, then sent once, and stopped while it runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.models import Diklat
from calakan.enrolment.errors import BroadcastEmpty, BroadcastSent, PlaceholderUnknown, PlaceholderWithoutValue
from calakan.enrolment.models import Broadcast, BroadcastState, Enrolment, EnrolmentState
from calakan.enrolment.plans import waking
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.askable import Askable
from calakan.kernel.claims import WorkState
from calakan.notifications import queries as reach
from calakan.notifications import services as notifications
from calakan.notifications.models import Message
from calakan.notifications.ways import Way
from calakan.people.models import Jenjang, Kecamatan, Person, PersonRole, School

KIND, TRIAL = "enrolment.broadcast", "enrolment.broadcast_trial"
PERSONAL = ("nama", "sekolah", "kecamatan")
OF_DIKLAT = ("diklat", "tautan")
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


@dataclass(frozen=True)
class Audience:
    """Who is meant; an empty filter means all. `stage` counts only together with a diklat.

    `people` are the ids of those who were chosen one by one, with commas.
    """

    diklat_id: int | None = None
    stage: str = EnrolmentState.CONFIRMED.value
    jenjang: str = ""
    kecamatan: str = ""
    npsn: str = ""
    role: str = ""
    people: str = ""

    @property
    def chosen(self) -> list[int]:
        return [int(id) for id in self.people.split(",") if id]


def audience_of(broadcast: Broadcast) -> Audience:
    return Audience(diklat_id=broadcast.diklat_id, **broadcast.audience)


def recipients(audience: Audience) -> sa.Select[int, str, str | None, str | None, str | None]:
    """Id, name, address, school and kecamatan of whoever is meant, in order of their ids."""
    wanted = (
        sa.select(Person.id, Person.name, Person.email, School.name, Kecamatan.name)
        .outerjoin(School, School.id == Person.school_id)
        .outerjoin(Kecamatan, Kecamatan.code == Person.kecamatan_code)
        .where(Person.active, Person.email_confirmed_at.is_not(None))
        .order_by(Person.id)
    )
    if audience.diklat_id is not None:
        standing = sa.exists().where(
            Enrolment.person_id == Person.id,
            Enrolment.diklat_id == audience.diklat_id,
            Enrolment.state == EnrolmentState(audience.stage),
        )
        wanted = wanted.where(standing)
    if audience.jenjang:
        wanted = wanted.where(Person.jenjang.in_(Jenjang(audience.jenjang).within))
    if audience.kecamatan:
        wanted = wanted.where(Person.kecamatan_code == audience.kecamatan)
    if audience.npsn:
        wanted = wanted.where(School.npsn == audience.npsn)
    if audience.role:
        has = sa.exists().where(PersonRole.person_id == Person.id, PersonRole.role == Role(audience.role))
        wanted = wanted.where(has)
    if audience.people:
        wanted = wanted.where(Person.id.in_(audience.chosen))
    return wanted


def ways_of(broadcast: Broadcast) -> list[Way]:
    return [Way(channel) for channel in broadcast.channels]


def reached(broadcast: Broadcast) -> dict[Way, int]:
    """How many of those who are meant each chosen channel reaches now."""
    people, chosen = (
        set(db.session().scalars(recipients(audience_of(broadcast)).with_only_columns(Person.id))),
        ways_of(broadcast),
    )
    chats = reach.addresses(people, [way for way in chosen if way is not Way.MAIL])
    by = {way: sum(way in of_person for id, of_person in chats.items() if id in people) for way in chosen}
    if Way.PUSH in chosen:
        by[Way.PUSH] = len(people & reach.devices(people).keys())
    return {**by, Way.MAIL: len(people)} if Way.MAIL in chosen else by


def count(audience: Audience) -> int:
    inner = recipients(audience).order_by(None).subquery()
    return db.session().scalar(sa.select(sa.func.count()).select_from(inner)) or 0


def check_text(subject: str, body: str, audience: Audience) -> None:
    """Raises PlaceholderUnknown, PlaceholderWithoutValue: before the first mail, not after five hundred."""
    known = (*PERSONAL, *OF_DIKLAT) if audience.diklat_id is not None else PERSONAL
    for field, text in (("subject", subject), ("body", body)):
        for found in _BRACES.finditer(text):
            name = found[1]
            if name in OF_DIKLAT and name not in known:
                raise PlaceholderWithoutValue(field=field, name=name, people=0)
            if name not in known:
                raise PlaceholderUnknown(field=field, name=found[0][:40], known=list(known))


def filled(text: str, values: Mapping[str, str]) -> str:
    return _BRACES.sub(lambda found: values.get(found[1] or "", found[0]), text)


def values_for(
    broadcast: Broadcast, diklat: Diklat | None, *, name: str, school: str | None, kecamatan: str | None, link: str
) -> dict[str, str]:
    """What stands for each placeholder in one person's letter."""
    own = {"nama": name, "sekolah": school or "", "kecamatan": kecamatan or ""}
    return own if diklat is None else {**own, "diklat": diklat.title, "tautan": f"{link}/diklat/{diklat.slug}"}


def write(
    subject: str,
    body: str,
    audience: Audience,
    *,
    channels: Collection[Way] = (Way.MAIL,),
    actor: Actor,
    now: datetime,
) -> Broadcast:
    """A draft; nothing leaves. Raises PlaceholderUnknown, PlaceholderWithoutValue."""
    check_text(subject, body, audience)
    filters = asdict(audience)
    made = Broadcast(
        code=codes.code(12),
        diklat_id=filters.pop("diklat_id"),
        audience=filters,
        subject=" ".join(subject.split()),
        body=body.strip(),
        channels=sorted(channels),
        state=BroadcastState.DRAFT,
        created_at=now,
        created_by_id=actor.person_id,
    )
    db.session().add(made)
    db.session().flush()
    audit.record("enrolment.write_broadcast", made, actor=actor, now=now, name=made.subject)
    return made


def try_on(broadcast_id: int, person_id: int, *, actor: Actor, now: datetime) -> None:
    """One copy to whoever writes it."""
    broadcast, person = db.lock(Broadcast, broadcast_id), db.session().get_one(Person, person_id)
    notifications.queue(
        TRIAL,
        key=f"broadcast:{broadcast.id}:trial:{person_id}:{now.isoformat()}",
        person_id=person_id,
        address=person.email,
        now=now,
        about=broadcast,
        facts={"name": person.name},
        by=ways_of(broadcast),
    )
    audit.record("enrolment.try_broadcast", broadcast, actor=actor, now=now, name=broadcast.subject)


def send(broadcast_id: int, *, at: datetime | None, actor: Actor, now: datetime) -> int:
    """One message for each recipient and chosen channel, now or at `at`, never at night; returns how many.

    Locks the broadcast. Raises BroadcastSent, BroadcastEmpty, PlaceholderWithoutValue.
    """
    broadcast = db.lock(Broadcast, broadcast_id)
    if broadcast.state is not BroadcastState.DRAFT:
        raise BroadcastSent()
    rows = db.session().execute(recipients(audience_of(broadcast))).all()
    for name, column in (("sekolah", 3), ("kecamatan", 4)):
        lacking = sum(row[column] is None for row in rows)
        if lacking and f"{{{name}}}" in broadcast.subject + broadcast.body:
            raise PlaceholderWithoutValue(name=name, people=lacking)
    due_at = waking(max(at or now, now))
    count = notifications.queue_rows(
        (
            notifications.message_row(
                KIND,
                key=f"broadcast:{broadcast.id}:{person_id}",
                person_id=person_id,
                address=email,
                now=now,
                due_at=due_at,
                subject_kind=Broadcast.__tablename__,
                subject_id=broadcast.id,
                facts={"name": name, "school": school, "kecamatan": kecamatan},
            )
            for person_id, name, email, school, kecamatan in rows
        ),
        by=ways_of(broadcast),
    )
    if not count:  # nobody is meant, or nobody of these has opened one of the chosen channels
        raise BroadcastEmpty()
    broadcast.state, broadcast.send_at = BroadcastState.SENT, due_at
    db.session().flush()
    audit.record("enrolment.send_broadcast", broadcast, actor=actor, now=now, name=broadcast.subject, people=len(rows))
    return count


def send_chosen(
    diklat_id: int,
    person_ids: Iterable[int],
    *,
    stage: EnrolmentState,
    subject: str,
    body: str,
    channels: Collection[Way] = (Way.MAIL,),
    key: str,
    actor: Actor,
    now: datetime,
) -> Broadcast:
    """Written and sent at once to chosen people of a diklat; the same by the same hand and key finds the first one again.

    Locks the diklat. Raises NotFound, BroadcastEmpty, PlaceholderUnknown, PlaceholderWithoutValue.
    """
    db.lock(Diklat, diklat_id)
    people = ",".join(str(id) for id in sorted(set(person_ids)))
    if not people:  # a filter that says nothing would mean everybody
        raise BroadcastEmpty()
    code = codes.derived("\n".join([f"{actor.person_id}:{diklat_id}:{key}", people, subject, body]), 12)
    if (sent := by_code(code)) is not None:
        return sent
    made = write(
        subject, body, Audience(diklat_id, stage.value, people=people), channels=channels, actor=actor, now=now
    )
    made.code = code
    send(made.id, at=None, actor=actor, now=now)
    return made


class Unreached(Askable):
    """Why a chosen person gets no message."""

    CLOSED = "closed"
    UNPROVEN = "unproven"
    MOVED_ON = "moved_on"


def unreached(broadcast: Broadcast) -> dict[int, Unreached]:
    """Those who were chosen and are not among the recipients."""
    audience = audience_of(broadcast)
    reached = set(db.session().scalars(recipients(audience).with_only_columns(Person.id)))
    others = sorted(set(audience.chosen) - reached)
    rows = db.session().execute(
        sa.select(Person.id, Person.active, Person.email_confirmed_at).where(Person.id.in_(others)).order_by(Person.id)
    )
    return {
        id: Unreached.CLOSED if not active else Unreached.UNPROVEN if proven is None else Unreached.MOVED_ON
        for id, active, proven in rows
    }


def stop(broadcast_id: int, *, actor: Actor, now: datetime) -> int:
    """What has not left stays here; returns how many. Twice changes nothing."""
    broadcast = db.lock(Broadcast, broadcast_id)
    if broadcast.state is BroadcastState.STOPPED:
        return 0
    broadcast.state = BroadcastState.STOPPED
    db.session().flush()
    stopped = notifications.take_back(Broadcast.__tablename__, [broadcast.id], kinds=[KIND])
    audit.record("enrolment.stop_broadcast", broadcast, actor=actor, now=now, name=broadcast.subject, people=stopped)
    return stopped


def by_code(code: str) -> Broadcast | None:
    return db.session().scalar(sa.select(Broadcast).where(Broadcast.code == code))


def all_broadcasts() -> sa.Select[Broadcast]:
    """Newest first."""
    return sa.select(Broadcast).order_by(Broadcast.id.desc())


def results(broadcast_id: int) -> sa.Select[Message]:
    """Each recipient's message: what needs a look first."""
    trouble = sa.case((Message.state == WorkState.FAILED, 0), (Message.state == WorkState.UNCERTAIN, 1), else_=2)
    return (
        sa.select(Message)
        .where(
            Message.subject_kind == Broadcast.__tablename__, Message.subject_id == broadcast_id, Message.kind == KIND
        )
        .order_by(trouble, Message.id)
    )


def result_counts(*broadcast_ids: int) -> dict[int, dict[WorkState, int]]:
    rows = db.session().execute(
        sa.select(Message.subject_id, Message.state, sa.func.count())
        .where(
            Message.subject_kind == Broadcast.__tablename__,
            Message.subject_id.in_(broadcast_ids),
            Message.kind == KIND,
        )
        .group_by(Message.subject_id, Message.state)
    )
    found: dict[int, dict[WorkState, int]] = {id: {} for id in broadcast_ids}
    for id, state, number in rows:
        found[id or 0][state] = number
    return found
