"""Reads of certificates: for the holder, the panitia, and anyone who checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.certificates.models import (
    Certificate,
    CertificateRole,
    Correction,
    CorrectionState,
    NumberReserve,
    Register,
    RegisterKind,
    Status,
)
from calakan.diklat import queries as diklat
from calakan.diklat.models import CommitteeMember, Diklat, DiklatState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.kernel.codes import normal_code
from calakan.kernel.text import like, search_key
from calakan.people.models import Person


def certificate(id: int) -> Certificate | None:
    return db.session().get(Certificate, id)


def by_code(code: str) -> Certificate | None:
    """An issued paper by the code in its QR; misread letters are mended."""
    if len(code) > 60:
        return None
    return db.session().scalar(
        sa.select(Certificate).where(Certificate.code == normal_code(code), Certificate.state == WorkState.DONE)
    )


def waiting_for_signature(code: str) -> Certificate | None:
    return db.session().scalar(
        sa.select(Certificate).where(Certificate.code == code.upper(), Certificate.state == WorkState.SIGNING)
    )


def due_late(now: datetime) -> Sequence[int]:
    """Closed diklat that ask for questionnaires, while these can still be answered: a late answer earns the paper."""
    wanted = sa.select(Diklat.id).where(
        Diklat.state == DiklatState.CLOSED, Diklat.questionnaire, Diklat.ends_at > now - timedelta(days=31)
    )
    return db.session().scalars(wanted.order_by(Diklat.id)).all()


def due_early(now: datetime) -> Sequence[int]:
    """Published diklat whose rule is to issue at once and whose last session ended within the last month."""
    return (
        db.session()
        .scalars(
            sa.select(Diklat.id)
            .where(
                Diklat.state == DiklatState.PUBLISHED,
                Diklat.issue_at_once,
                Diklat.ends_at <= now,
                Diklat.ends_at > now - timedelta(days=30),
            )
            .order_by(Diklat.id)
        )
        .all()
    )


def committee(diklat_id: int) -> Sequence[CommitteeMember]:
    return (
        db.session()
        .scalars(
            sa.select(CommitteeMember)
            .join(Person, Person.id == CommitteeMember.person_id)
            .where(CommitteeMember.diklat_id == diklat_id)
            .options(joinedload(CommitteeMember.person))
            .order_by(Person.name_key, Person.id)
        )
        .all()
    )


def withdrawn(low: int, high: int) -> Sequence[int]:
    """Ids from `low` to below `high` of papers that were revoked or replaced."""
    return (
        db.session()
        .scalars(
            sa.select(Certificate.id).where(
                Certificate.id >= low, Certificate.id < high, Certificate.status != Status.VALID
            )
        )
        .all()
    )


def failed_id(diklat_id: int, code: str) -> int | None:
    return db.session().scalar(
        sa.select(Certificate.id).where(
            Certificate.diklat_id == diklat_id, Certificate.code == code, Certificate.state == WorkState.FAILED
        )
    )


def by_sha256(sha256: str) -> Certificate | None:
    """The paper whose file, as it was issued, has this hash."""
    if len(sha256) != 64:
        return None
    return db.session().scalar(
        sa.select(Certificate).where(Certificate.sha256 == sha256.lower(), Certificate.state == WorkState.DONE)
    )


def by_number(number: str) -> Certificate | None:
    """The newest revision of an issued number."""
    return db.session().scalar(
        sa.select(Certificate)
        .where(sa.func.upper(Certificate.number) == number.strip().upper(), Certificate.state == WorkState.DONE)
        .order_by(Certificate.revision.desc())
        .limit(1)
    )


def bears_name(paper: Certificate, name: str) -> bool:
    """Whether a paper is made out to this name, with or without its titles, however it is written."""
    return same_name(paper.facts["name"], name)


def same_name(printed_name: str, name: str) -> bool:
    """With or without its titles, however it is written."""
    words, printed = set(search_key(name).split()), set(search_key(printed_name).split())
    plain = set(search_key(without_titles(printed_name)).split()) or printed
    return bool(words) and plain <= words <= printed


def without_titles(name: str) -> str:
    """Titles end in a full stop, or stand behind a comma."""
    return " ".join(word for word in name.partition(",")[0].split() if not word.endswith("."))


def masked_name(name: str) -> str:
    """`S** M******`: enough for whoever holds the paper, too little for a list of people."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in without_titles(name).split() if word)


def newest_revision(paper: Certificate) -> Certificate | None:
    """What replaced a paper, once it is issued."""
    return db.session().scalar(
        sa.select(Certificate)
        .where(
            Certificate.number == paper.number,
            Certificate.revision > paper.revision,
            Certificate.state == WorkState.DONE,
        )
        .order_by(Certificate.revision.desc())
        .limit(1)
    )


def of_person(person_id: int) -> Sequence[Certificate]:
    """Valid papers of one person, the newest first."""
    return db.session().scalars(_OF_PERSON, {"person": person_id}).all()


_OF_PERSON = (
    sa.select(Certificate)
    .where(
        Certificate.person_id == sa.bindparam("person"),
        Certificate.state == WorkState.DONE,
        Certificate.status == Status.VALID,
    )
    .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
)


def counted(papers: Iterable[Certificate], year: int) -> list[Certificate]:
    """Of these valid papers, those whose JP count for a year: as a participant, issued in it."""
    return [
        paper
        for paper in papers
        if paper.role is CertificateRole.PARTICIPANT and paper.issued_on is not None and paper.issued_on.year == year
    ]


def counted_of(person_ids: Iterable[int], year: int) -> dict[int, list[Certificate]]:
    """person -> the same of many people, each one's oldest first; of those who have any."""
    wanted = sa.select(Certificate).where(Certificate.person_id.in_(list(person_ids)), *counting(year))
    found: dict[int, list[Certificate]] = {}
    for paper in db.session().scalars(wanted.order_by(Certificate.issued_on, Certificate.id)):
        found.setdefault(paper.person_id, []).append(paper)
    return found


def years_of(papers: Iterable[Certificate]) -> list[int]:
    """The years that have such papers, the latest first."""
    found = list(papers)
    years = {paper.issued_on.year for paper in found if paper.issued_on is not None}
    return sorted((year for year in years if counted(found, year)), reverse=True)


def jp_of_year(papers: Iterable[Certificate], year: int) -> int:
    """JP certified as a participant in a year, of these valid papers."""
    return sum(paper.jp for paper in counted(papers, year))


def work(diklat_id: int) -> dict[WorkState, int]:
    """How many papers of a diklat wait, are being made, are done or failed."""
    found = dict(
        db.session()
        .execute(
            sa.select(Certificate.state, sa.func.count())
            .where(Certificate.diklat_id == diklat_id)
            .group_by(Certificate.state)
        )
        .all()
    )
    return {state: found.get(state, 0) for state in WorkState}


def hindrance(diklat_id: int) -> str | None:
    """What stopped the papers of a diklat that wait for another try."""
    return db.session().scalar(
        sa.select(Certificate.last_error)
        .where(Certificate.diklat_id == diklat_id, *_tried(1))
        .order_by(Certificate.due_at.desc())
        .limit(1)
    )


def held_up() -> bool:
    """Whether papers were tried more than once in vain: a key, a time stamp service or the storage stays away."""
    return db.session().scalar(sa.select(Certificate.id).where(*_tried(2)).limit(1)) is not None


def _tried(times: int) -> tuple[sa.ColumnElement[bool], ...]:
    return Certificate.state == WorkState.PENDING, Certificate.attempts >= times, Certificate.last_error.is_not(None)


def register_order() -> list[sa.SQLColumnExpression[Any]]:
    """Certificates before surat keterangan, each by number."""
    return [Certificate.register.desc(), Certificate.year, Certificate.serial, Certificate.revision]


def of_diklat(diklat_id: int, *, state: WorkState | None = None) -> sa.Select[Certificate]:
    """With the person; in order of the registers, certificates first."""
    wanted = (
        sa.select(Certificate)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.diklat_id == diklat_id)
        .options(joinedload(Certificate.person).joinedload(Person.school))
        .order_by(*register_order(), Certificate.id)
    )
    if state is not None:
        wanted = wanted.where(Certificate.state == state)
    return wanted


def revoked_count(diklat_id: int) -> int:
    return (
        db.session().scalar(
            sa.select(sa.func.count())
            .select_from(Certificate)
            .where(Certificate.diklat_id == diklat_id, Certificate.status == Status.REVOKED)
        )
        or 0
    )


def number_range(diklat_id: int) -> tuple[str, str] | None:
    """The first and the last number of a diklat in the register of certificates, once a paper has one."""
    numbered = sa.select(Certificate.number).where(
        Certificate.diklat_id == diklat_id,
        Certificate.register == RegisterKind.CERTIFICATE,
        Certificate.number.is_not(None),
    )
    order = (Certificate.year, Certificate.serial)
    first = numbered.order_by(*order).limit(1).scalar_subquery()
    last = numbered.order_by(*(column.desc() for column in order)).limit(1).scalar_subquery()
    found = db.session().execute(sa.select(first, last)).one()
    return (found[0], found[1]) if found[0] is not None else None


def reserved_after(register: Register) -> Sequence[tuple[int, int]]:
    """Ranges of a register that are kept and not passed yet, in order."""
    rows = db.session().execute(
        sa.select(NumberReserve.first, NumberReserve.last)
        .where(
            NumberReserve.kind == register.kind,
            NumberReserve.year == register.year,
            NumberReserve.last > register.last_serial,
        )
        .order_by(NumberReserve.first)
    )
    return [(first, last) for first, last in rows]


def borne(numbers: Iterable[str]) -> set[str]:
    """Those of the numbers that a paper of any register bears."""
    return set(db.session().scalars(sa.select(Certificate.number).where(Certificate.number.in_(list(numbers)))))


def jp_by_person(person_ids: Iterable[int], year: int) -> dict[int, int]:
    """person -> JP certified as a participant in a year, of those who have any."""
    found = db.session().execute(
        sa.select(Certificate.person_id, sa.func.sum(Certificate.jp))
        .where(Certificate.person_id.in_(list(person_ids)), *counting(year))
        .group_by(Certificate.person_id)
    )
    return {person_id: int(jp) for person_id, jp in found}


def papers_by_person(person_ids: Iterable[int], year: int) -> dict[int, int]:
    """person -> how many papers bear those JP."""
    found = db.session().execute(
        sa.select(Certificate.person_id, sa.func.count())
        .where(Certificate.person_id.in_(list(person_ids)), *counting(year))
        .group_by(Certificate.person_id)
    )
    return dict(found.all())


def jp_in(year: int) -> sa.ColumnElement[int]:
    """The same as a column of a select of people; 0 for nobody's."""
    earned = sa.select(sa.func.coalesce(sa.func.sum(Certificate.jp), 0))
    return earned.where(Certificate.person_id == Person.id, *counting(year)).correlate(Person).scalar_subquery()


def counting(year: int) -> Sequence[sa.ColumnElement[bool]]:
    """What of the certificates counts for a year, as `counted` does for one person."""
    return (
        Certificate.state == WorkState.DONE,
        Certificate.status == Status.VALID,
        Certificate.role == CertificateRole.PARTICIPANT,
        Certificate.issued_on >= date(year, 1, 1),
        Certificate.issued_on <= date(year, 12, 31),
    )


def open_correction(certificate_id: int) -> Correction | None:
    """The request that still waits for an answer."""
    return db.session().scalar(
        sa.select(Correction).where(
            Correction.certificate_id == certificate_id, Correction.state == CorrectionState.ASKED
        )
    )


def decided_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on Certificate that keeps those whose corrections the actor decides: of whose diklat he is the panitia."""
    return sa.true() if actor.is_committee else Certificate.diklat_id.in_(diklat.own_committees(actor))


def asked_corrections(words: str = "", *, actor: Actor, limit: int = 100) -> Sequence[Correction]:
    """Those that the actor decides, the oldest first, with their papers; of `words`, those whose number, old or wanted
    name has them."""
    text = like(words.strip().lower())
    columns = (Certificate.number, Correction.old_name, Correction.wanted_name)
    fits = sa.or_(*(sa.func.lower(column).like(text, escape="\\") for column in columns))
    return (
        db.session()
        .scalars(
            sa.select(Correction)
            .join(Certificate, Certificate.id == Correction.certificate_id)
            .where(Correction.state == CorrectionState.ASKED, fits, decided_by(actor))
            .options(joinedload(Correction.certificate))
            .order_by(Correction.asked_at, Correction.id)
            .limit(limit)
        )
        .all()
    )


def corrections_waiting(actor: Actor) -> int:
    """How many the actor has to decide."""
    papers = sa.select(sa.func.count(Correction.id)).join(Certificate, Certificate.id == Correction.certificate_id)
    waiting = papers.where(Correction.state == CorrectionState.ASKED, decided_by(actor))
    return db.session().scalar(waiting) or 0
