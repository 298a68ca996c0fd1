"""Rolls are what the tables say, or are not read: every change that could make one untrue is noted by the database."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from calakan.attendance.models import Method, Presence
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, codes, db
from calakan.kernel.actor import system
from calakan.kernel.claims import WorkState
from calakan.people.models import Person
from calakan.promises import invariants
from calakan.reports import queries, rolls, tasks
from calakan.reports.models import Roll, RollChange
from calakan.reports.terms import Dimension, Filters, Stage
from tests import factories

EVERYONE = system("test")
Statement = Callable[[], sa.Executable]


def _insert(model: type[db.Base], **values: object) -> sa.Insert:
    return sa.insert(model).values(**values)


def _enrolment(diklat_id: int, person_id: int, state: EnrolmentState = EnrolmentState.CONFIRMED) -> sa.Insert:
    at = clock.now()
    return _insert(
        Enrolment,
        code=codes.code(12),
        diklat_id=diklat_id,
        person_id=person_id,
        state=state,
        queued_at=at,
        decided_at=at,
    )


def _presence(session_id: int, person_id: int) -> sa.Insert:
    return _insert(Presence, live_session_id=session_id, person_id=person_id, method=Method.CODE, marked_at=clock.now())


def _paper(diklat_id: int, person_id: int, state: WorkState = WorkState.DONE) -> sa.Insert:
    at = clock.now()
    return _insert(
        Certificate, key=codes.code(20), code=codes.code(26), diklat_id=diklat_id, person_id=person_id,
        role=CertificateRole.PARTICIPANT, state=state, due_at=at, asked_at=at,
    )  # fmt: skip


def _run(*statements: sa.Executable) -> None:
    with db.transaction() as session:
        for statement in statements:
            session.execute(statement)


@pytest.fixture
def course(app: Flask) -> tuple[int, int]:
    """A diklat of one session with Sri, who has everything, and Budi, who is only enrolled; rolls are made."""
    made = factories.diklat("Numerasi")
    diklat_id = made.id
    session_id = db.session().scalars(sa.select(LiveSession.id)).one()
    sri, budi = factories.person("Sri").id, factories.person("Budi").id
    _run(_enrolment(diklat_id, sri), _enrolment(diklat_id, budi), _presence(session_id, sri), _paper(diklat_id, sri))
    assert tasks.keep_rolls(app.extensions["calakan.settings"]) == 1
    assert rolls.stale() == []
    return diklat_id, session_id


def _totals() -> list[int]:
    return [queries.total(Filters(stage=stage), visible_to=EVERYONE)[0] for stage in Stage]


def _person(name: str) -> int:
    return db.session().scalars(sa.select(Person.id).where(Person.name == name)).one()


CHANGES: dict[str, tuple[Statement, list[int]]] = {
    "a seat": (lambda: _enrolment(_diklat(), factories.person("Ani").id), [3, 1, 1, 1]),
    "a seat given up": (
        lambda: (
            sa.update(Enrolment).where(Enrolment.person_id == _person("Sri")).values(state=EnrolmentState.CANCELLED)
        ),
        [1, 0, 0, 0],
    ),
    "a seat that never was": (lambda: sa.delete(Enrolment).where(Enrolment.person_id == _person("Sri")), [1, 0, 0, 0]),
    "somebody else's seat": (
        lambda: (
            sa.update(Enrolment)
            .where(Enrolment.person_id == _person("Sri"))
            .values(person_id=factories.person("Ani").id)
        ),
        [2, 0, 0, 0],
    ),
    "a code typed in": (lambda: _presence(_session(), _person("Budi")), [2, 2, 2, 1]),
    "a presence taken away": (lambda: sa.update(Presence).values(present=False), [2, 0, 0, 1]),
    "a presence that never was": (lambda: sa.delete(Presence), [2, 0, 0, 1]),
    "a session that was cancelled": (lambda: sa.update(LiveSession).values(state=SessionState.CANCELLED), [2, 0, 0, 1]),
    "a session of more hours": (lambda: _another_session(), [2, 1, 0, 1]),
    "a paper": (lambda: _paper(_diklat(), _person("Budi")), [2, 1, 1, 2]),
    "a paper that was revoked": (lambda: sa.update(Certificate).values(status=Status.REVOKED), [2, 1, 1, 0]),
    "a paper of another role": (lambda: sa.update(Certificate).values(role=CertificateRole.SPEAKER), [2, 1, 1, 0]),
    "a paper taken back to work": (lambda: sa.update(Certificate).values(state=WorkState.PENDING), [2, 1, 1, 0]),
    "a paper that never was": (lambda: sa.delete(Certificate), [2, 1, 1, 0]),
}


def _diklat() -> int:
    return db.session().scalars(sa.select(Diklat.id)).one()


def _session() -> int:
    return db.session().scalars(sa.select(LiveSession.id).order_by(LiveSession.id)).first() or 0


def _another_session() -> sa.Insert:
    """As long as the first, so that half of the hours are attended."""
    columns = [column for column in db.table(LiveSession).columns if column.name not in ("id", "number")]
    first = sa.select(*columns, sa.literal(9))
    return sa.insert(LiveSession).from_select([*(column.name for column in columns), "number"], first)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_counts_at_once_and_the_sweep_makes_the_roll_anew(
    app: Flask, course: tuple[int, int], name: str
) -> None:
    assert _totals() == [2, 1, 1, 1]
    make, expected = CHANGES[name]
    _run(make())
    assert rolls.stale() == [course[0]]
    assert _totals() == expected
    assert tasks.keep_rolls(app.extensions["calakan.settings"]) == 1
    assert (rolls.stale(), rolls.wrong()) == ([], [])
    assert _totals() == expected


def test_a_higher_rule_of_attendance_counts_at_once(app: Flask, course: tuple[int, int]) -> None:
    _run(_another_session())
    _run(sa.update(Diklat).values(min_attendance_percent=50))
    tasks.keep_rolls(app.extensions["calakan.settings"])
    assert _totals() == [2, 1, 1, 1]
    _run(sa.update(Diklat).values(min_attendance_percent=80))
    assert rolls.stale() == [course[0]]
    assert _totals() == [2, 1, 0, 1]


def test_what_no_count_is_made_from_is_not_noted(course: tuple[int, int]) -> None:
    _run(
        sa.update(Diklat).values(title="Numerasi Dasar"),
        sa.update(Enrolment).values(cancel_reason="-"),
        sa.update(LiveSession).values(room_note="Ruang 2"),
    )
    assert rolls.stale() == []


def test_a_cancelled_diklat_keeps_no_rolls_and_one_that_counts_again_is_read_anew(
    app: Flask, course: tuple[int, int]
) -> None:
    _run(sa.update(Diklat).values(state=DiklatState.CANCELLED), sa.update(Presence).values(present=False))
    assert tasks.keep_rolls(app.extensions["calakan.settings"]) == 1
    assert db.session().scalars(sa.select(Roll.stage)).all() == []
    assert _totals() == [0, 0, 0, 0]
    _run(sa.update(Diklat).values(state=DiklatState.PUBLISHED))
    assert _totals() == [2, 0, 0, 1]
    assert rolls.stale() == [course[0]]


def test_with_a_roll_nobody_asks_the_tables(course: tuple[int, int]) -> None:
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        for stage in Stage:
            queries.participation([Dimension.DIKLAT, Dimension.SEX], Filters(stage=stage), visible_to=EVERYONE)
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)
    assert asked
    assert [
        text for text in asked if any(f" {name}" in text for name in ("enrolment", "presence", "certificate"))
    ] == []


def test_a_transaction_notes_a_diklat_once_and_what_it_took_back_is_no_note(course: tuple[int, int]) -> None:
    """PostgreSQL notes each transaction, since another one's note may be used up before it ends; SQLite has one writer."""
    diklat_id, session_id = course
    ani, eko = factories.person("Ani").id, factories.person("Eko").id
    with db.transaction() as session:
        with contextlib.suppress(ZeroDivisionError), session.begin_nested():
            session.execute(_enrolment(diklat_id, ani))
            raise ZeroDivisionError  # its note goes with it
        session.execute(_enrolment(diklat_id, eko))
        session.execute(_presence(session_id, eko))
    assert _notes() == [diklat_id]
    _run(_presence(session_id, _person("Budi")))
    assert _notes() == [diklat_id] * (2 if db.engine().dialect.name == "postgresql" else 1)


def test_a_note_is_found_by_its_transaction(course: tuple[int, int]) -> None:
    """A rush leaves a note for each seat: whoever is the thousandth must not read the others'."""
    keys = [index["column_names"] for index in sa.inspect(db.engine()).get_indexes("roll_change") if index["unique"]]
    assert keys == [["diklat_id", "transaction"]]


def _notes() -> list[int]:
    return list(db.session().scalars(sa.select(RollChange.diklat_id)))


def test_what_is_changed_while_a_roll_is_made_stays_noted(app: Flask, course: tuple[int, int]) -> None:
    """A code is typed in, the roll is made, and only then the code is committed."""
    if db.engine().dialect.name != "postgresql":
        pytest.skip("SQLite lets one write after the other")
    diklat_id, session_id = course
    budi = _person("Budi")
    _run(_enrolment(diklat_id, factories.person("Ani").id))
    with db.engine().connect() as typing:
        typing.execute(_presence(session_id, budi))
        tasks.keep_rolls(app.extensions["calakan.settings"])
        assert (rolls.stale(), _totals()) == ([], [3, 1, 1, 1])
        db.session().rollback()
        typing.commit()
    assert rolls.stale() == [diklat_id]
    assert _totals() == [3, 2, 2, 1]
    assert rolls.wrong() == []


def test_two_workers_and_many_changes_leave_true_rolls(app: Flask, course: tuple[int, int]) -> None:
    diklat_id, _ = course
    people = [factories.person(f"Guru {number}").id for number in range(12)]
    settings = app.extensions["calakan.settings"]

    def join(some: Sequence[int]) -> None:
        with app.app_context():
            for person_id in some:
                _run(_enrolment(diklat_id, person_id))
            db.session().rollback()

    def keep() -> None:
        with app.app_context():
            for _ in range(6):
                tasks.keep_rolls(settings)
            db.session().rollback()

    threads = [threading.Thread(target=join, args=(people[start::2],)) for start in (0, 1)]
    threads += [threading.Thread(target=keep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session().rollback()
    assert (rolls.wrong(), _totals()[0]) == ([], 14)
    tasks.keep_rolls(settings)
    assert (rolls.stale(), rolls.wrong(), _totals()[0]) == ([], [], 14)


def test_the_promises_name_a_roll_that_is_not_true(course: tuple[int, int]) -> None:
    find = invariants.RULES["roll-differs"]
    assert find() == []
    slug = db.session().scalars(sa.select(Diklat.slug)).one()
    _run(sa.update(Roll).where(Roll.stage == Stage.ATTENDED).values(people=b""))
    assert find() == [f"roll-differs: {slug}: attended: roll 0, tables 1"]
    _run(_insert(RollChange, diklat_id=course[0]))
    assert find() == []


def test_the_promises_count_the_tables_beside_the_report_and_its_file(course: tuple[int, int]) -> None:
    find = invariants.RULES["counts-differ"]
    assert find() == []
    _run(sa.update(Roll).where(Roll.stage == Stage.ENROLLED).values(people=b""))
    assert find() == ["counts-differ: enrolled: report 0, file 0, tables 2"]
