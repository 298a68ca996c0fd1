"""Reads of papers: what belongs to another diklat, person, year, register or state never enters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.certificates import documents, numbering, queries, register, services
from calakan.certificates.errors import NotVoidable, RangeTaken
from calakan.certificates.models import (
    Certificate,
    CertificateRole,
    Correction,
    CorrectionState,
    NumberReserve,
    RegisterKind,
    Status,
)
from calakan.diklat.errors import ReasonMissing
from calakan.diklat.models import Diklat, DiklatState
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import NotFound
from tests import factories

SYSTEM = factories.SYSTEM
ROLE, KIND = CertificateRole, RegisterKind
SECOND = timedelta(seconds=1)


def paper(diklat_id: int, person_id: int, serial: int | None = None, **values: Any) -> int:
    """A paper that is done and valid unless said otherwise; a participant's of this year."""
    now = clock.now()
    row = services._row(diklat_id, person_id, values.pop("role", ROLE.PARTICIPANT), now=now)
    row |= {"state": WorkState.DONE, "jp": 4, "year": clock.today().year, "issued_at": now, "issued_on": clock.today()}
    row |= {"serial": serial, "number": None if serial is None else f"N/{serial}"}
    if row["role"] is ROLE.ATTENDEE:
        row["number"] = f"K/{serial}"
    if values.get("year"):
        row["number"] = f"N/{values['year']}/{serial}"
    if values.get("revision"):
        row["key"] += f":r{values['revision']}"
    with db.transaction() as session:
        made = Certificate(**{**row, **values})
        session.add(made)
        session.flush()
        return made.id


@pytest.fixture
def two(app: Flask) -> tuple[int, int, int, int]:
    """Two diklat and two people."""
    return (
        factories.diklat("Satu").id, factories.diklat("Dua").id, factories.person("Ani").id, factories.person("Budi").id,
    )  # fmt: skip


def act(work: Callable[..., object], *args: object, **options: Any) -> object:
    with db.transaction():
        return work(*args, actor=SYSTEM, now=clock.now(), **options)


def test_a_paper_is_found_by_code_hash_and_number_once_it_is_issued(two: tuple[int, int, int, int]) -> None:
    one, other, ani, budi = two
    first = paper(one, ani, 1, sha256="ab" * 32, status=Status.REPLACED)
    second = paper(one, ani, 1, sha256="cd" * 32, revision=1)
    waits = paper(other, budi, 2, sha256="ef" * 32, state=WorkState.SIGNING)
    codes = {id: db.session().get_one(Certificate, id).code for id in (first, second, waits)}

    def id_of(found: Certificate | None) -> int | None:
        return found.id if found is not None else None

    assert [id_of(queries.by_code(codes[id])) for id in (first, second, waits)] == [first, second, None]
    assert id_of(queries.by_code(f" {codes[first].lower()} ")) == first
    assert queries.by_code(codes[first] + " " * 40) is None
    assert [id_of(queries.waiting_for_signature(codes[id].lower())) for id in (first, waits)] == [None, waits]
    assert [id_of(queries.by_sha256(text * 32)) for text in ("AB", "cd", "ef", "12")] == [first, second, None, None]
    assert queries.by_sha256("ab") is None
    assert [id_of(queries.by_number(text)) for text in (" n/1 ", "N/2", "N/3")] == [second, None, None]
    found = db.session().get_one(Certificate, first)
    assert id_of(queries.newest_revision(found)) == second
    third = paper(one, ani, 1, revision=2, state=WorkState.PENDING)
    assert id_of(queries.newest_revision(found)) == second
    with db.transaction() as session:
        session.get_one(Certificate, third).state = WorkState.DONE
    assert id_of(queries.newest_revision(db.session().get_one(Certificate, first))) == third
    assert id_of(queries.by_number("N/1")) == third
    assert queries.newest_revision(db.session().get_one(Certificate, third)) is None
    assert list(queries.withdrawn(first, waits)) == [first]
    assert list(queries.withdrawn(first + 1, third)) == []


def test_papers_and_hours_of_one_person(two: tuple[int, int, int, int]) -> None:
    one, other, ani, budi = two
    year, now = clock.today().year, clock.now()
    mine = paper(one, ani, 1, issued_at=now - timedelta(days=2), issued_on=date(year, 1, 1))
    later = paper(other, ani, 2, jp=6, issued_on=date(year, 12, 31))
    spoke = paper(one, ani, 3, role=ROLE.SPEAKER, jp=9, issued_at=now + SECOND)
    paper(one, budi, 4, jp=7)
    third = factories.diklat("Tiga").id
    paper(third, ani, 5, state=WorkState.PENDING)
    old = factories.diklat("Lama").id
    before = paper(old, ani, 6, jp=20, issued_on=date(year - 1, 12, 31), issued_at=now - timedelta(days=400))
    off = factories.diklat("Cabut").id
    paper(off, ani, 7, status=Status.REVOKED)
    assert [row.id for row in queries.of_person(ani)] == [spoke, later, mine, before]
    assert [queries.jp_of_year(queries.of_person(ani), y) for y in (year - 1, year, year + 1)] == [20, 10, 0]
    assert queries.jp_by_person([ani, budi], year) == {ani: 10, budi: 7}
    assert queries.jp_by_person([ani], year - 1) == {ani: 20}


def test_counts_of_one_diklat(two: tuple[int, int, int, int]) -> None:
    one, other, ani, budi = two
    now = clock.now()
    done, failed = paper(one, ani, 2), paper(one, budi, 1, state=WorkState.FAILED, last_error="x", attempts=3)
    paper(other, budi, 9, status=Status.REVOKED)
    found = queries.work(one)
    assert (found[WorkState.DONE], found[WorkState.FAILED], found[WorkState.PENDING]) == (1, 1, 0)
    code = db.session().get_one(Certificate, failed).code
    assert queries.failed_id(one, code) == failed
    assert queries.failed_id(other, code) is None
    assert queries.failed_id(one, db.session().get_one(Certificate, done).code) is None
    assert queries.failed_id(one, "X" * 26) is None
    assert [queries.revoked_count(id) for id in (one, other)] == [0, 1]
    assert [row.id for row in db.session().scalars(queries.of_diklat(one))] == [failed, done]
    assert [row.id for row in db.session().scalars(queries.of_diklat(one, state=WorkState.DONE))] == [done]
    assert queries.number_range(one) == ("N/1", "N/2")
    assert queries.number_range(other) == ("N/9", "N/9")
    statement = paper(one, ani, 1, role=ROLE.ATTENDEE)
    assert queries.number_range(one) == ("N/1", "N/2")
    with db.transaction() as session:
        session.get_one(Certificate, done).year = clock.today().year - 1
    assert queries.number_range(one) == ("N/2", "N/1")
    rows = [row.id for row in db.session().scalars(queries.of_diklat(one))]
    assert set(rows) == {done, failed, statement}
    assert rows.index(done) < rows.index(failed)
    empty = factories.diklat("Kosong").id
    assert queries.number_range(empty) is None
    assert (queries.hindrance(one), queries.held_up()) == (None, False)
    for diklat, person, error, attempts, due in (
        (empty, ani, "lama", 1, now), (empty, budi, "baru", 1, now + SECOND), (other, ani, "lain", 0, now),
    ):  # fmt: skip
        paper(diklat, person, state=WorkState.PENDING, last_error=error, attempts=attempts, due_at=due)
    assert (queries.hindrance(empty), queries.hindrance(other), queries.hindrance(one)) == ("baru", None, None)
    assert not queries.held_up()
    with db.transaction() as session:
        session.execute(sa.update(Certificate).where(Certificate.last_error == "baru").values(attempts=2))
    assert queries.held_up()
    with db.transaction() as session:
        session.execute(sa.update(Certificate).values(last_error=None))
    assert not queries.held_up()


def test_when_papers_are_asked_for_by_themselves(two: tuple[int, int, int, int]) -> None:
    one, other, *_ = two
    now = clock.now()

    def become(id: int, state: DiklatState, ends_at: datetime, **values: Any) -> None:
        with db.transaction() as session:
            session.execute(sa.update(Diklat).where(Diklat.id == id).values(state=state, ends_at=ends_at, **values))

    become(one, DiklatState.PUBLISHED, now, issue_at_once=True)
    become(other, DiklatState.PUBLISHED, now)
    assert (queries.due_early(now), queries.due_early(now - SECOND)) == ([one], [])
    month = timedelta(days=30)
    assert (queries.due_early(now + month - SECOND), queries.due_early(now + month)) == ([one], [])
    become(one, DiklatState.CLOSED, now, questionnaire=True)
    become(other, DiklatState.CLOSED, now)
    assert queries.due_early(now) == []
    month += timedelta(days=1)
    assert (queries.due_late(now + month - SECOND), queries.due_late(now + month)) == ([one], [])
    become(one, DiklatState.PUBLISHED, now)
    assert queries.due_late(now) == []


@pytest.mark.parametrize(
    ("name", "bears"),
    [
        ("sri mulyati", True), ("Dr. Sri Mulyati, M.Pd.", True), ("Sri Mulyati M.Pd", True), ("Mulyati", False),
        ("Sri", False), ("Sri Mulyati Rahayu", False), ("", False), (" , ", False),
    ],
)  # fmt: skip
def test_whose_name_a_paper_bears(name: str, bears: bool) -> None:
    assert queries.bears_name(Certificate(facts={"name": "Dr. Sri Mulyati, M.Pd."}), name) is bears


def test_a_name_that_is_all_titles_is_compared_as_it_stands() -> None:
    assert queries.bears_name(Certificate(facts={"name": "Dr., M.Pd."}), "dr mpd")
    assert queries.masked_name("Dr. Sri Mulyati, M.Pd.") == "S** M******"


def test_the_committee_by_name_and_of_one_diklat(two: tuple[int, int, int, int]) -> None:
    one, other, ani, budi = two
    assert [act(services.add_committee_member, one, person) for person in (budi, ani, ani)] == [True, True, False]
    assert act(services.add_committee_member, other, ani) is True
    assert [row.person_id for row in queries.committee(one)] == [ani, budi]
    assert [row.person_id for row in queries.committee(other)] == [ani]
    paper(one, budi, 1)  # as a participant: that is another matter
    paper(other, budi, 2, role=ROLE.COMMITTEE)
    assert act(services.remove_committee_member, one, budi) is True
    assert act(services.remove_committee_member, one, budi) is False
    assert [row.person_id for row in queries.committee(other)] == [ani]
    assert [row.person_id for row in queries.committee(one)] == [ani]


def test_requests_for_a_correction_wait_the_oldest_first(two: tuple[int, int, int, int]) -> None:
    one, other, ani, budi = two
    now = clock.now()
    first, second, third = paper(one, ani, 1), paper(one, budi, 2), paper(other, ani, 3)
    with db.transaction() as session:
        for id, state, at in (
            (first, CorrectionState.ASKED, now), (second, CorrectionState.ASKED, now - SECOND),
            (third, CorrectionState.REFUSED, now - SECOND), (first, CorrectionState.REFUSED, now),
        ):  # fmt: skip
            session.add(
                Correction(
                    certificate_id=id, state=state, asked_at=at, old_name="A", wanted_name="B", reason="x", answer=""
                )
            )
    assert [row.certificate_id for row in queries.asked_corrections(actor=SYSTEM)] == [second, first]
    assert [row.certificate_id for row in queries.asked_corrections(actor=SYSTEM, limit=1)] == [second]
    assert [row.certificate_id for row in queries.asked_corrections(" b ", actor=SYSTEM)] == [second, first]
    of_first = db.session().get_one(Certificate, first).number or ""
    assert [row.certificate_id for row in queries.asked_corrections(of_first.lower(), actor=SYSTEM)] == [first]
    assert [*queries.asked_corrections("%", actor=SYSTEM), *queries.asked_corrections("tiada", actor=SYSTEM)] == []
    assert queries.corrections_waiting(SYSTEM) == 2
    found = [queries.open_correction(id) for id in (first, second, third)]
    assert [row and (row.certificate_id, row.state) for row in found] == [
        (first, CorrectionState.ASKED), (second, CorrectionState.ASKED), None,
    ]  # fmt: skip


def reserve(first: int, last: int, kind: RegisterKind = KIND.CERTIFICATE, year: int = 2026, why: str = "manual") -> int:
    with db.transaction():
        return register.reserve(kind, year, first, last, purpose=why, actor=SYSTEM, now=clock.now()).id


def test_numbers_are_kept_only_where_nobody_has_them(app: Flask) -> None:
    with db.transaction():
        numbering.register_of(KIND.CERTIFICATE, 2026).last_serial = 10
    with pytest.raises(ReasonMissing):
        reserve(20, 30, why=" ")
    for first, last in ((10, 12), (12, 11), (11, 5011), (5, 9)):
        with pytest.raises(RangeTaken) as refused:
            reserve(first, last)
        assert refused.value.facts == {"last": 10}
    middle = reserve(20, 30)
    for first, last in ((19, 20), (30, 31), (22, 23), (15, 40)):
        with pytest.raises(RangeTaken):
            reserve(first, last)
    below, above = reserve(11, 19), reserve(31, 31)
    reserve(5, 5, KIND.STATEMENT)
    reserve(5, 5, year=2027)
    widest = reserve(100, 5099)
    assert [row.id for row in register.reserved(KIND.CERTIFICATE, 2026)] == [below, middle, above, widest]
    assert list(register.years()) == [2027, 2026]
    with db.transaction():
        found = numbering.register_of(KIND.CERTIFICATE, 2026)
        assert queries.reserved_after(found)[:3] == [(11, 19), (20, 30), (31, 31)]
        found.last_serial = 30
        assert queries.reserved_after(found) == [(31, 31), (100, 5099)]
        assert queries.reserved_after(numbering.register_of(KIND.STATEMENT, 2026)) == [(5, 5)]


@pytest.mark.parametrize(
    ("last", "count", "kept", "found"),
    [
        (0, 3, [], [1, 2, 3]), (0, 3, [(2, 2)], [1, 3, 4]), (0, 2, [(1, 3), (4, 5)], [6, 7]), (9, 2, [(11, 12)], [10, 13]),
        (5, 1, [(7, 9)], [6]), (5, 0, [], []),
    ],
)  # fmt: skip
def test_the_next_numbers_step_over_what_is_kept(
    last: int, count: int, kept: list[tuple[int, int]], found: list[int]
) -> None:
    assert numbering._next_serials(last, count, kept) == found


def test_a_number_that_is_borne_already_is_left_out_and_documented(two: tuple[int, int, int, int]) -> None:
    one, _other, ani, budi = two
    year = clock.today().year
    borne = [factories.person(f"Lama {n}").id for n in range(3)]
    for n, person in zip((1, 2, 4), borne, strict=True):
        paper(one, person, n)
    waiting = [paper(one, person, state=WorkState.CLAIMED, year=None, issued_on=None) for person in (ani, budi)]
    with db.transaction() as session:
        found = numbering.register_of(KIND.CERTIFICATE, year)
        papers = [session.get_one(Certificate, id) for id in waiting]
        numbering._give(papers, found, "N/{}".format, on=clock.today(), now=clock.now())
        assert found.last_serial == 5
    rows = [db.session().get_one(Certificate, id) for id in waiting]
    assert [(row.serial, row.number, row.year, row.issued_on) for row in rows] == [
        (n, f"N/{n}", year, clock.today()) for n in (3, 5)
    ]
    kept = register.reserved(KIND.CERTIFICATE, year)
    assert [(row.first, row.last, bool(row.purpose)) for row in kept] == [(1, 2, True), (4, 4, True)]


def test_a_register_of_one_kind_and_year_in_order(two: tuple[int, int, int, int]) -> None:
    one, other, ani, budi = two
    year = clock.today().year
    second, first = paper(one, ani, 2), paper(one, budi, 1, status=Status.REPLACED)
    again = paper(one, budi, 1, revision=1)
    paper(other, ani, 3, year=year - 1)
    paper(other, budi, 1, role=ROLE.ATTENDEE)
    found = list(db.session().scalars(register.entries(KIND.CERTIFICATE, year)))
    assert [row.id for row in found] == [first, again, second]
    assert [documents.state_of(row) for row in found] == ["Diganti", "Berlaku", "Berlaku"]
    for state, word in ((WorkState.DROPPED, "Batal"), (WorkState.PENDING, "Belum terbit")):
        assert documents.state_of(Certificate(state=state, status=Status.VALID)) == word


def test_only_a_number_whose_paper_failed_is_void(two: tuple[int, int, int, int]) -> None:
    one, other, ani, budi = two
    failed = paper(one, ani, 1, state=WorkState.FAILED)
    fine, unnumbered = paper(one, budi, 2), paper(other, ani, state=WorkState.FAILED)
    with pytest.raises(ReasonMissing):
        act(register.void, failed, reason=" ")
    with pytest.raises(NotFound):
        act(register.void, 999, reason="x")
    for id in (fine, unnumbered):
        with pytest.raises(NotVoidable):
            act(register.void, id, reason="x")
    act(register.void, failed, reason=" rusak ")
    found = db.session().get_one(Certificate, failed)
    assert (found.state, found.status_reason) == (WorkState.DROPPED, "rusak")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(NumberReserve)) == 0
