"""Where a rule of accounts ends: the very second, the longest word, the account that was closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office.models import OfficeSetting
from calakan.people import names, passwords, queries
from calakan.people.errors import PasswordWeak
from calakan.people.models import Asked, MailCode, Person, School, SecondFactor, TokenScope, Wanted
from calakan.people.services import asking, mail_codes, newcomers, profile, schools, second_factor, tokens
from tests import factories
from tests.people.acting import SECOND, act, acts, by, row


def welcome(at: datetime, *, here: bool, **typed: Any) -> int:
    said = newcomers.Newcomer(**{"name": "Ani", "jabatan": "guru_kelas", "workplace": "SD Lain", **typed})
    with db.transaction():
        return newcomers.welcome("ani@example.org", said, proven_at=at, here=here, now=clock.now()).id


def test_a_newcomer_is_what_he_typed_and_a_second_proof_changes_nothing(app: Flask) -> None:
    now = clock.now()
    first = now - timedelta(minutes=5)
    id = welcome(first, here=False, workplace="S" * 130, notice_version=1)
    found = row(id)
    assert (found.name, found.jabatan, found.school_elsewhere) == ("Ani", "guru_kelas", "S" * 120)
    assert (found.notice_version, found.notice_accepted_at, found.email_confirmed_at is not None) == (1, first, True)
    for here in (False, True):
        welcome(now, here=here, name="Budi", jabatan="kepala", notice_version=1)
    found = row(id)
    assert (found.name, found.jabatan, found.school_elsewhere) == ("Ani", "guru_kelas", "S" * 120)
    assert (found.notice_version, found.notice_accepted_at) == (1, first)


def test_who_claimed_an_address_before_it_was_proven_gets_the_name_of_who_proved(app: Flask) -> None:
    id = welcome(clock.now(), here=True)
    with db.transaction() as session:
        session.get_one(Person, id).email_confirmed_at = None
    welcome(clock.now(), here=False, name=" Budi  Raharja ")
    assert (row(id).name, row(id).email_confirmed_at is not None) == ("Budi Raharja", True)


def test_a_token_counts_to_the_second_before_its_end(app: Flask) -> None:
    ani = factories.person("Ani")
    by(tokens.make, ani.email, TokenScope.READ)
    [(link, _)] = tokens.held(now=clock.now())
    assert [len(tokens.held(now=now)) for now in (link.expires_at - SECOND, link.expires_at)] == [1, 0]


def test_a_closed_account_is_mailed_no_code(app: Flask) -> None:
    ani = factories.person("Ani")

    def mailed(wanted: Wanted, email: str, person_id: int | None) -> bool:
        with db.transaction() as session:
            mail_codes.ask(email, wanted, person_id=person_id, now=clock.now())
            last = session.scalar(sa.select(sa.func.max(MailCode.id)))
            return mail_codes.to_be_mailed(last) is not None

    def all_of() -> list[bool]:
        return [
            mailed(Wanted.NEW_EMAIL, "baru@example.org", ani.id), mailed(Wanted.LOG_IN, ani.email, None),
            mailed(Wanted.ENROL, "asing@example.org", None), mailed(Wanted.LOG_IN, "asing@example.org", None),
        ]  # fmt: skip

    assert all_of() == [True, True, True, False]
    with db.transaction() as session:
        session.get_one(Person, ani.id).active = False
    assert all_of() == [False, False, True, False]


def test_a_password_may_be_so_long_and_no_longer() -> None:
    word = "jambu kuning di kebun belakang rumah nenek " * 9
    passwords.check_strength(word[: passwords.LONGEST], staff=False, about=[])
    with pytest.raises(PasswordWeak):
        passwords.check_strength(word[: passwords.LONGEST + 1], staff=False, about=[])


def test_of_many_words_eight_are_looked_for(app: Flask) -> None:
    words = "1 k ke ked kedu kedun kedung kedungw"
    assert "SD NEGERI 1 KEDUNGWULUH" in [school.name for school in queries.search_schools(words)]
    for wanted, found in ((f"{words} zzz", True), (f"zzz {words}", False)):
        assert bool(queries.search_schools(wanted)) is found
        assert bool(db.session().scalars(queries.schools(words=wanted)).all()) is found


def test_a_name_is_saved_on_the_trail_and_without_the_rest(app: Flask) -> None:
    ani = factories.person("Ani").id
    before = acts()
    given = profile.Profile(name="Ani Rahmawati", jabatan="kepala_sekolah")
    by(profile.save_name, ani, given)
    assert (row(ani).name, acts()) == ("Ani Rahmawati", [*before, "people.save_profile"])
    assert row(ani).jabatan != "kepala_sekolah"


def test_what_strangers_ask_calls_a_worker(app: Flask) -> None:
    with db.transaction() as session:
        asking.note(Asked.RESET, "ani@example.org", now=clock.now())
        assert session.info["rings"] == {asking.QUEUE}


def test_a_school_is_unchanged_only_where_all_of_it_is(app: Flask) -> None:
    school = db.session().scalars(sa.select(School).order_by(School.id)).first()
    assert school is not None
    written = [school.npsn, school.name, school.jenjang.value, school.sector.value, school.kecamatan_code]
    head = "npsn;nama;jenjang;status;kode_kecamatan\n"

    def kept(cells: list[str]) -> tuple[int, int, int]:
        done = by(schools.import_schools, (head + ";".join(cells)).encode())
        assert isinstance(done, schools.SchoolImport)
        return done.added, done.changed, done.same

    assert kept(written) == (0, 0, 1)
    assert kept([written[0], f"{written[1]} Baru", *written[2:]]) == (0, 1, 0)
    assert kept(written) == (0, 1, 0)


def test_schools_that_fit_alike_come_by_name(app: Flask) -> None:
    found = [school.name for school in queries.search_schools("sd 1 ke", limit=8)]
    assert len(found) > 1
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("name", "letters"), [("Ani", "A"), ("Ani Budi", "AB"), ("Ani Budi Cici", "AC"), ("1 2", "?"), ("", "?")]
)
def test_initials(name: str, letters: str) -> None:
    assert names.initials(name) == letters


def test_a_token_needs_the_second_step_that_its_owners_role_needs(app: Flask) -> None:
    teacher, staff = factories.person("Guru").id, factories.person("Panitia", Role.PANITIA).id
    with db.transaction() as session:
        for name in ("approve_titles", "second_factor_required", "zoom"):
            session.add(OfficeSetting(name=name, value=name == "second_factor_required"))

    def may(id: int) -> bool:
        return queries.may_act_by_token(row(id))

    assert (may(teacher), may(staff)) == (True, False)
    act(second_factor.prepare, staff)
    assert may(staff) is False
    with db.transaction() as session:
        session.execute(sa.update(SecondFactor).values(confirmed_at=clock.now()))
    assert may(staff) is True
