"""Send JP from elsewhere, withdraw them, decide about them; who may do which, and what of a year was confirmed."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.assessment.services import discarding
from calakan.audit import services as audit
from calakan.certificates.errors import (
    OutsideAhead,
    OutsideDecided,
    OutsideFile,
    OutsideMany,
    OutsideOurs,
    OutsideUndrawable,
)
from calakan.certificates.outside import proofs
from calakan.certificates.outside.models import OutsideJp, OutsideState
from calakan.diklat.errors import ReasonMissing
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound, OwnCase
from calakan.kernel.files import Store
from calakan.materials import contents, traces
from calakan.paper import undrawable
from calakan.people import queries as people
from calakan.people.models import Person

MOST_WAITING = 20
MOST_JP = 200
PICTURES = ("pdf", "png", "jpg", "webp")


@dataclass(frozen=True, kw_only=True)
class Said:
    title: str
    organiser: str
    held_on: date
    jp: int


@dataclass(frozen=True)
class Shown:
    """The stored file; `content` as long as it is at hand."""

    sha256: str
    suffix: str
    content: bytes = field(default=b"", repr=False)


def received(store: Store, file: bytes) -> Shown:
    """Checked, without what a camera wrote into it, and stored.

    Raises FileRefused, OutsideFile for what is neither a PDF nor a picture.
    """
    suffix = contents.suffix_of(file)
    if suffix not in PICTURES:
        raise OutsideFile()
    clean = traces.without(file, suffix)
    return Shown(store.put(clean), suffix, clean)


def send(person_id: int, said: Said, shown: Shown, *, actor: Actor, now: datetime) -> OutsideJp:
    """Waits for the kepala sekolah or the panitia; the same once more finds what waits or was confirmed. What was corrected, be
    it a single word, is another: its owner withdraws the first.

    What the signature of another installation proves of it is written beside. Locks the person.
    Raises OutsideAhead, OutsideUndrawable, OutsideMany, OutsideOurs for a paper of this installation.
    """
    if letters := undrawable(said.title + said.organiser):
        raise OutsideUndrawable(letters=letters)
    if said.held_on > clock.local(now).date():
        raise OutsideAhead()
    if proofs.is_ours(shown.sha256, shown.content, shown.suffix):
        raise OutsideOurs()
    told = {
        "title": said.title.strip(), "organiser": said.organiser.strip(), "held_on": said.held_on, "jp": said.jp,
        "sha256": shown.sha256, "suffix": shown.suffix,
    }  # fmt: skip
    person = db.lock(Person, person_id)
    mine = sa.select(OutsideJp).where(OutsideJp.person_id == person_id)
    held = db.session().scalar(
        mine.filter_by(**told).where(OutsideJp.state != OutsideState.REFUSED).order_by(OutsideJp.id).limit(1)
    )
    if held is not None:
        return held
    waits = mine.where(OutsideJp.state == OutsideState.ASKED).with_only_columns(sa.func.count())
    if (db.session().scalar(waits) or 0) >= MOST_WAITING:
        raise OutsideMany(most=MOST_WAITING)
    made = OutsideJp(**told, person_id=person_id, state=OutsideState.ASKED, sent_at=now)
    db.alone("certificates.outside", "")  # of two who send one paper at once, one is the second
    proofs.prove(made, shown.content, person.name_key)
    db.session().add(made)
    db.session().flush()
    audit.record("certificates.send_outside", made, actor=actor, now=now)
    return made


def prove_anew(store: Store) -> None:
    """What waits, after whom one trusts has changed; a file that is away proves nothing new."""
    wanted = sa.select(OutsideJp).where(OutsideJp.state == OutsideState.ASKED, OutsideJp.proof.is_not(None))
    for row in db.session().scalars(wanted.order_by(OutsideJp.id).options(joinedload(OutsideJp.person))).all():
        with contextlib.suppress(FileNotFoundError):
            proofs.prove(row, store.get(row.sha256), row.person.name_key)


def withdraw(code: str, *, actor: Actor, now: datetime) -> None:
    """Its owner takes it back while nobody has confirmed it; the file goes. Raises NotFound, OutsideDecided."""
    row = _locked(code)
    if row.state is OutsideState.CONFIRMED:
        raise OutsideDecided()
    audit.record("certificates.withdraw_outside", row, actor=actor, now=now)
    discarding.discard([row.sha256], now=now)
    db.session().delete(row)
    db.session().flush()
    proofs.first_again(row)


def decide(code: str, *, agree: bool, reason: str = "", actor: Actor, now: datetime) -> None:
    """Confirm it, or refuse it with a reason. Raises NotFound, OwnCase, OutsideDecided, ReasonMissing."""
    act = "certificates.confirm_outside" if agree else "certificates.refuse_outside"
    _settle(code, act, was=OutsideState.ASKED, reason="" if agree else reason, agree=agree, actor=actor, now=now)


def annul(code: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """What was confirmed is refused after all; yearly papers that list it say so. Raises as `decide` does."""
    act = "certificates.annul_outside"
    _settle(code, act, was=OutsideState.CONFIRMED, reason=reason, agree=False, actor=actor, now=now)


def _settle(code: str, act: str, *, was: OutsideState, reason: str, agree: bool, actor: Actor, now: datetime) -> None:
    row = _locked(code)
    if actor.person_id == row.person_id:
        raise OwnCase()
    if row.state is not was:
        raise OutsideDecided()
    if not agree and not reason.strip():
        raise ReasonMissing()
    row.state = OutsideState.CONFIRMED if agree else OutsideState.REFUSED
    row.reason, row.decided_at, row.decided_by_id = reason.strip()[:300], now, actor.person_id
    db.session().flush()
    proofs.first_again(row)
    audit.record(act, row, actor=actor, now=now, reason=row.reason)


def _locked(code: str) -> OutsideJp:
    found = by_code(code)
    if found is None:
        raise NotFound()
    return db.lock(OutsideJp, found.id)


def by_code(code: str) -> OutsideJp | None:
    wanted = sa.select(OutsideJp).where(OutsideJp.code == code[:40]).options(joinedload(OutsideJp.person))
    return db.session().scalar(wanted)


def of_person(person_id: int) -> Sequence[OutsideJp]:
    """The newest first."""
    wanted = sa.select(OutsideJp).where(OutsideJp.person_id == person_id)
    return db.session().scalars(wanted.order_by(OutsideJp.held_on.desc(), OutsideJp.id.desc())).all()


def confirmed_of(person_ids: Iterable[int], year: int) -> Mapping[int, Sequence[OutsideJp]]:
    """person -> what was confirmed of a year, in its order; of those who have any."""
    wanted = sa.select(OutsideJp).where(
        OutsideJp.person_id.in_(list(person_ids)), OutsideJp.state == OutsideState.CONFIRMED,
        OutsideJp.held_on.between(date(year, 1, 1), date(year, 12, 31)),
    )  # fmt: skip
    found: dict[int, list[OutsideJp]] = {}
    for row in db.session().scalars(wanted.order_by(OutsideJp.held_on, OutsideJp.id)):
        found.setdefault(row.person_id, []).append(row)
    return found


def may_wait(actor: Actor, subject: object = None) -> bool:
    """Whether any may ever wait for this person."""
    return actor.is_committee or actor.has_scope


def may_decide(actor: Actor, row: OutsideJp) -> bool:
    """The kepala sekolah of its owner's school, whoever looks after the kecamatan, the panitia; never about oneself."""
    if actor.person_id is None or actor.person_id == row.person_id:
        return False
    person = row.person
    here = person.school_id in actor.school_ids or person.kecamatan_code in actor.kecamatan_codes
    return actor.is_committee or here


def may_see(actor: Actor, row: OutsideJp) -> bool:
    return actor.person_id == row.person_id or may_decide(actor, row)


def is_own(actor: Actor, row: OutsideJp) -> bool:
    return actor.person_id == row.person_id


def standing(codes: Collection[str]) -> set[str]:
    """Which of these are confirmed today."""
    wanted = sa.select(OutsideJp.code).where(OutsideJp.code.in_(codes), OutsideJp.state == OutsideState.CONFIRMED)
    return set(db.session().scalars(wanted))


def waiting(actor: Actor) -> sa.Select[OutsideJp]:
    """Those that this person may decide, the oldest first."""
    return _in(OutsideState.ASKED, actor).order_by(OutsideJp.sent_at, OutsideJp.id)


def annullable(actor: Actor) -> sa.Select[OutsideJp]:
    """Those that were confirmed and that this person may annul, the newest first."""
    return _in(OutsideState.CONFIRMED, actor).order_by(OutsideJp.decided_at.desc(), OutsideJp.id.desc())


def _in(state: OutsideState, actor: Actor) -> sa.Select[OutsideJp]:
    return (
        sa.select(OutsideJp)
        .join(Person, Person.id == OutsideJp.person_id)
        .where(
            OutsideJp.state == state,
            OutsideJp.person_id != (actor.person_id or 0),
            people.visible_to(actor),
        )
        .options(joinedload(OutsideJp.person).joinedload(Person.school))
    )


def count(actor: Actor) -> int:
    """How many wait for this person."""
    return db.session().scalar(sa.select(sa.func.count()).select_from(waiting(actor).order_by(None).subquery())) or 0


def forget_person(person_id: int, *, now: datetime) -> None:
    """All of it goes with its owner, the files too."""
    discarding.discard([row.sha256 for row in of_person(person_id)], now=now)
    db.session().execute(sa.delete(OutsideJp).where(OutsideJp.person_id == person_id))
