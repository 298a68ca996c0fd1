"""Whom a typed word finds, and that the words of a name are those of today."""

from __future__ import annotations

import runpy

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask

from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.text import search_key
from calakan.people import queries, sought
from calakan.people.models import Person, School
from calakan.people.services import accounts
from calakan.people.sought import PersonWord
from calakan.privacy import erasure
from calakan.web import paging
from tests import factories


@pytest.fixture
def siti(app: Flask) -> int:
    factories.person("Tri Handoko")
    with db.transaction() as session:
        found = accounts.new_person(
            "susi.lowati_77@guru.sd.belajar.id", "Siti Ma'rufah", now=clock.now(), password_hash=None
        )
        session.add(found)
        session.flush()
        return found.id


def found(words: str) -> list[str]:
    db.session().rollback()
    return [
        person.name
        for person in paging.page(queries.people(visible_to_actor=factories.SYSTEM, words=words), number=1).items
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "siti", "SITI MARUFAH", "ma'ruf", "Ma’rufah siti", "sit mar", "susi.lowati_77@guru.sd.belajar.id", "SUSI.LOW", "lowati",
        "77", "@guru.sd", "guru.sd.belajar.id siti", "susi lowati", "sìti",
        "rufah", "iti ma", "wati_77@guru",  # the middle of a name or address, when nobody begins so
    ],
)  # fmt: skip
def test_what_finds_her(siti: int, typed: str) -> None:
    assert found(typed) == ["Siti Ma'rufah"]


@pytest.mark.parametrize("typed", ["siti handoko", "marufah x", "siti%", "s_ti", "wati_78"])
def test_what_finds_nobody_finds_nobody(siti: int, typed: str) -> None:
    assert found(typed) == (["Siti Ma'rufah"] if typed == "siti%" else [])


@pytest.mark.parametrize("typed", ["", " - ", "..."])
def test_what_says_nothing_keeps_everybody(siti: int, typed: str) -> None:
    assert found(typed) == ["Siti Ma'rufah", "Tri Handoko"]


def test_whom_one_may_not_see_changes_nothing_of_what_one_finds(siti: int) -> None:
    """Else the same word would tell whether somebody elsewhere is called so."""
    school, other = db.session().scalars(sa.select(School.id).order_by(School.id).limit(2)).all()
    factories.person("Ahmad Mada", school_id=school)
    head = Actor(person_id=0, name="x", school_ids=frozenset({school}))

    def seen(words: str, actor: Actor = head, role: Role | None = None) -> list[str]:
        db.session().rollback()
        wanted = queries.people(visible_to_actor=actor, words=words, role=role)
        return [person.name for person in paging.page(wanted, number=1).items]

    assert seen("hmad") == ["Ahmad Mada"]
    factories.person("Hmadi", school_id=other)
    assert (seen("hmad"), seen("hmadi")) == (["Ahmad Mada"], [])
    # Nor does whom the other filters leave out.
    factories.person("Latifah", Role.PANITIA)
    factories.person("Tifah")
    assert seen("tifah", factories.SYSTEM, Role.PANITIA) == ["Latifah"]


@pytest.mark.parametrize(
    ("typed", "who"), [("- " * 9 + "siti", ["Siti Ma'rufah"]), ("a-" * 1_500, []), ("a-b-" * 700, [])]
)
def test_marks_and_a_thousand_words_are_a_search_like_any_other(siti: int, typed: str, who: list[str]) -> None:
    assert found(typed) == who


def test_the_migration_bears_people_without_any_word() -> None:
    engine = sa.create_engine("sqlite://")
    upgrade = runpy.run_path("migrations/versions/0133_words_of_people.py")["upgrade"]
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE person (id INTEGER PRIMARY KEY, name_key TEXT, email TEXT)"))
        connection.execute(sa.text("INSERT INTO person VALUES (1, '', NULL)"))
        with Operations.context(MigrationContext.configure(connection)):
            upgrade()
        assert connection.scalar(sa.text("SELECT count(*) FROM person_word")) == 0


def test_whoever_is_called_otherwise_is_found_so_and_not_as_before(siti: int) -> None:
    with db.transaction() as session:
        person = session.get_one(Person, siti)
        accounts.rename(person, "Dewi Lestari")
        person.email = "dewi@example.org"
    assert (found("lestari"), found("dewi@"), found("siti"), found("susi"), found("belajar")) == (
        ["Dewi Lestari"], ["Dewi Lestari"], [], [], [],
    )  # fmt: skip


def test_an_erased_person_leaves_no_word(siti: int) -> None:
    with db.transaction():
        erasure.erase(siti, reason="diminta", actor=factories.SYSTEM, now=clock.now())
    left = db.session().get_one(Person, siti)
    words = set(db.session().scalars(sa.select(PersonWord.word).where(PersonWord.person_id == siti)))
    assert words == sought.words_of(left.name_key, left.email)
    assert not words & {
        "siti",
        "marufah",
        "susi",
        "lowati",
        "77",
        "guru.sd.belajar.id",
        "susi.lowati_77@guru.sd.belajar.id",
    }
    assert (found("siti"), found("susi"), found("rufah")) == ([], [], [])


def test_a_row_that_is_deleted_takes_its_words_along(siti: int) -> None:
    with db.transaction() as session:
        session.execute(sa.delete(Person).where(Person.id == siti))
    assert db.session().scalar(sa.select(sa.func.count()).where(PersonWord.person_id == siti)) == 0


def test_words_can_be_made_anew(siti: int) -> None:
    wanted = sa.select(PersonWord.person_id, PersonWord.word).order_by(PersonWord.person_id, PersonWord.word)
    before = db.session().execute(wanted).all()
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == siti).values(name="Rini", name_key=search_key("Rini")))
    assert found("rini") == ["Rini"]  # late, by the slower way
    with db.transaction():
        assert sought.rebuild() == 2
    after = db.session().execute(wanted).all()
    assert {word for _, word in before} - {word for _, word in after} == {"siti", "marufah"}
    assert {word for _, word in after} - {word for _, word in before} == {"rini"}
