"""Whoever has the database file cannot put names to marks: not by the order of rows, nor by the numbers of transactions."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from calakan.feedback import mixing
from calakan.feedback.models import Answered, SessionAnswer
from calakan.feedback.queries import digests
from calakan.feedback.tasks import mix
from calakan.kernel import db
from tests.feedback.test_feedback import GOOD, answer, counts, course

PEOPLE = 12


def places(model: type[SessionAnswer | Answered], column: str, session_id: int) -> list[str]:
    """What stands in one column, in the order of the rows in the file."""
    place = "ctid" if db.engine().dialect.name == "postgresql" else "rowid"
    where = f"FROM {model.__tablename__} WHERE live_session_id = {session_id} ORDER BY {place}"
    found = [str(value) for value in db.session().scalars(sa.text(f"SELECT {column} {where}"))]
    db.session().rollback()
    return found


def transactions(session_id: int) -> set[str]:
    return {row for model in (SessionAnswer, Answered) for row in places(model, "xmin", session_id)}


def test_neither_order_nor_transaction_ties_an_answer_to_a_person(app: Flask) -> None:
    _, session_id, people = course(PEOPLE)
    _, other, others = course(1)
    for number, person_id in enumerate(people):
        answer(session_id, person_id, GOOD, text=f"{number:02}")
    answer(other, others[0])
    written = [f"{number:02}" for number in range(PEOPLE)]
    assert places(Answered, "person_id", session_id) == [str(id) for id in people]  # the control: this order tells
    assert mix(app.extensions["calakan.settings"]) == 2
    assert counts() == (PEOPLE + 1, PEOPLE + 1)
    answers, who = places(SessionAnswer, "text", session_id), places(Answered, "person_id", session_id)
    assert (sorted(answers), sorted(map(int, who))) == (written, sorted(people))
    # Of 479 million orders each.
    assert answers != written
    assert who != [str(id) for id in people]
    assert answers != [written[people.index(int(id))] for id in who]
    if db.engine().dialect.name == "postgresql":
        assert len(transactions(session_id)) == 1
    assert mix(app.extensions["calakan.settings"]) == 0


def test_one_late_answer_hides_among_the_earlier_ones(app: Flask) -> None:
    _, session_id, people = course(PEOPLE)
    for person_id in people[:-1]:
        answer(session_id, person_id)
    mixing.mix()
    numbers = set(places(SessionAnswer, "id", session_id))
    answer(session_id, people[-1], text="terlambat")
    assert mixing.mix() == 1
    assert not numbers & set(places(SessionAnswer, "id", session_id))
    assert set(places(SessionAnswer, "mixed", session_id)) <= {"1", "True"}
    if db.engine().dialect.name == "postgresql":
        assert len(transactions(session_id)) == 1


def test_what_digests_tell_stays_the_same_however_the_rows_lie(app: Flask) -> None:
    """Whole fives are told; if another five were told after each mixing, the difference would be one person's marks."""
    _, session_id, people = course(PEOPLE)
    for number, person_id in enumerate(people[:7]):
        answer(session_id, person_id, dict.fromkeys(GOOD, 1 + number % 4), text=f"{number:02}")
    told = digests([session_id])[session_id]
    assert told.texts == ("00", "01", "02", "03", "04")
    for _ in range(3):
        mixing.mix()
        assert digests([session_id])[session_id] == told
        with db.transaction() as session:
            session.execute(sa.update(SessionAnswer).values(mixed=False))
    for number, person_id in enumerate(people[7:10], start=7):
        answer(session_id, person_id, text=f"{number:02}")
    assert digests([session_id])[session_id].answers == 10


def test_numbers_are_not_counted_up(app: Flask) -> None:
    """Before the beat has come by, too: twelve in a row by chance are one in 479 million."""
    _, session_id, people = course(PEOPLE)
    seen = list[int]()
    for person_id in people:
        answer(session_id, person_id)
        [new] = set(map(int, places(SessionAnswer, "id", session_id))) - set(seen)
        seen.append(new)
    assert seen != sorted(seen)
    assert min(seen) > PEOPLE
