"""Numbers: given in order inside the transaction that issues, per register and year; none twice, no gap undocumented."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from calakan.certificates import queries, snapshot
from calakan.certificates.models import Certificate, NumberReserve, Register, RegisterKind
from calakan.certificates.past import services as past
from calakan.kernel import clock, db
from calakan.kernel.wording import phrase
from calakan.office.numbering import official_number
from calakan.office.queries import OfficeSettings, office_settings


def number_and_freeze(ids: Sequence[int], token: str, *, now: datetime) -> list[Certificate]:
    """Give each claimed paper its number and its frozen facts, in order; one that has them keeps them.

    The register's row is locked, raised and used in this transaction, so numbers have no gap and no double.
    """
    papers = list(
        db.session().scalars(
            sa.select(Certificate)
            .where(Certificate.id.in_(ids), Certificate.claim_token == token)
            .order_by(Certificate.id)
        )
    )
    unfrozen = [paper for paper in papers if not paper.facts]
    today, office = clock.local(now).date(), office_settings()
    for kind in RegisterKind:  # always in this order: two workers never wait for each other
        fresh = [paper for paper in papers if paper.number is None and paper.register is kind]
        if fresh:
            _give(fresh, register_of(kind, today.year), _numbers(kind, office, today), on=today, now=now)
    if unfrozen:
        snapshot.freeze(unfrozen, now=now)
    db.session().flush()
    return papers


def _numbers(kind: RegisterKind, office: OfficeSettings, on: date) -> Callable[[int], str]:
    pattern = office.statement_pattern if kind is RegisterKind.STATEMENT else office.number_pattern
    return lambda serial: official_number(pattern, serial=serial, on=on, classification=office.classification)


def _give(
    papers: Sequence[Certificate], register: Register, number: Callable[[int], str], *, on: date, now: datetime
) -> None:
    """What a paper bears already, because patterns were changed meanwhile, is left out and documented as reserved."""
    reserved, waiting = queries.reserved_after(register), list(papers)
    while waiting:
        numbers = {serial: number(serial) for serial in _next_serials(register.last_serial, len(waiting), reserved)}
        borne = queries.borne(numbers.values()) | past.borne(numbers.values())
        free = [serial for serial in numbers if numbers[serial] not in borne]
        for paper, serial in zip(waiting, free, strict=False):
            paper.year, paper.serial, paper.number, paper.issued_on = register.year, serial, numbers[serial], on
        _leave_out(register, sorted(numbers.keys() - set(free)), now=now)
        register.last_serial, waiting = max(numbers), waiting[len(free) :]


def _next_serials(last: int, count: int, reserved: Sequence[tuple[int, int]]) -> list[int]:
    """The next numbers that nobody keeps."""
    found: list[int] = []
    while len(found) < count:
        last += 1
        for first, final in reserved:
            if first <= last <= final:
                last = final + 1
        found.append(last)
    return found


def _leave_out(register: Register, serials: Iterable[int], *, now: datetime) -> None:
    runs: list[list[int]] = []
    for serial in serials:
        if runs and runs[-1][1] == serial - 1:
            runs[-1][1] = serial
        else:
            runs.append([serial, serial])
    db.session().add_all(
        NumberReserve(
            kind=register.kind,
            year=register.year,
            first=first,
            last=last,
            purpose=phrase("certificates.number_borne"),
            made_at=now,
        )
        for first, last in runs
    )


def register_of(kind: RegisterKind, year: int) -> Register:
    """The counter of the year, locked; made on its first use."""
    postgres = db.engine().dialect.name == "postgresql"
    insert = postgresql.insert(Register) if postgres else sqlite.insert(Register)
    db.session().execute(insert.values(kind=kind, year=year, last_serial=0, lock_count=0).on_conflict_do_nothing())
    id = db.session().scalar(sa.select(Register.id).where(Register.kind == kind, Register.year == year))
    assert id is not None
    return db.lock(Register, id)
