"""A pasted list: what proves who is meant, what only looks like it, and what means nobody."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.people import pasted
from calakan.people.models import Person
from calakan.people.pasted import By
from tests import factories


def read(text: str) -> list[tuple[By, str]]:
    staff = factories.actor(factories.person("Panitia Kita", Role.PANITIA))
    return [(line.by, line.person.name if line.person else "") for line in pasted.read(text, actor=staff)]


def known() -> Person:
    made = factories.person("Sri Mulyati", title_after="S.Pd.", nip="198501012010012001", nuptk="1234567890123456")
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == made.id).values(second_email="sri@belajar.test"))
    return made


def test_an_email_or_a_number_proves_who_is_meant(app: Flask) -> None:
    email = known().email
    for text in (
        email.upper(), f"Sri\t{email}", f"<{email}>,", "sri@belajar.test", "19850101 201001 2 001",
        "'198501012010012001", "1. Sri M. 198501012010012001 SD 1", "1234567890123456",
    ):  # fmt: skip
        [(by, name)] = read(text)
        assert (by in (By.EMAIL, By.NUMBER), name) == (True, "Sri Mulyati"), text


def test_a_name_alone_is_a_hint_where_one_bears_it(app: Flask) -> None:
    known()
    assert read("3) Sri Mulyati, S.Pd.\n\n  \nSRI  MULYATI") == [(By.NAME, "Sri Mulyati")]
    factories.person("Sri Mulyati")
    assert read("Sri Mulyati") == [(By.MANY, "")]


def test_what_means_nobody_or_two_is_said(app: Flask) -> None:
    email, other = known().email, factories.person("Budi").email
    assert read("Tidak Ada") == [(By.NOBODY, "")]
    assert read("siapa@example.org\n111111111111111111") == [(By.NOBODY, ""), (By.NOBODY, "")]
    assert read(f"{other} 198501012010012001") == [(By.DISAGREE, "")]
    assert read(f"{email} Budi") == [(By.EMAIL, "Sri Mulyati")]  # a name beside an email decides nothing


def test_a_person_stands_once_and_a_list_ends_somewhere(app: Flask) -> None:
    email = known().email
    assert read(f"{email}\nSri Mulyati\n{email}") == [(By.EMAIL, "Sri Mulyati")]
    assert read(f"{'x' * 300} {email}") == [(By.NOBODY, "")]
    assert len(read("\n".join(f"orang{n} tidak ada" for n in range(400)))) == pasted.MOST_LINES


def test_whom_one_may_not_see_is_nobody(app: Flask) -> None:
    email = known().email
    teacher = factories.actor(factories.person("Guru Lain"))
    assert [line.by for line in pasted.read(email, actor=teacher)] == [By.NOBODY]
