"""One's own row of the roster: proven by an address or confirmed by a person, filled in, taken back, and never a list to copy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import NotFound, OwnCase
from calakan.people import queries as people
from calakan.people.errors import EmailUnconfirmed
from calakan.people.models import Person, PersonScope, School
from calakan.people.services import profile
from calakan.privacy import erasure
from calakan.roster import claiming, queries
from calakan.roster.errors import ClaimOver, NumberOfAnother, RowHeld, TooManySchools
from calakan.roster.models import By, ClaimState, RosterClaim
from tests import factories
from tests.roster import listing
from tests.roster.listing import NIPS, applied, rows, text

Opener = Callable[[int | None], FlaskClient]
LINE = "Sri Mulyati, S.Pd.;{nip};1234567890123456;{email};081234567890;Guru Kelas;PNS;{npsn}"


def bare(name: str = "Sri Mulyati", *roles: Role) -> int:
    return factories.person(name, *roles, complete=False).id


def listed(email: str = "", *more: str) -> str:
    """The code of the row of Sri Mulyati."""
    (npsn,) = listing.schools(1)
    applied(text(LINE.format(nip=NIPS[1], email=email, npsn=npsn), *more))
    return next(row.code for row in rows() if row.name == "Sri Mulyati")


def person(id: int) -> Person:
    found = people.person(id)
    assert found is not None
    return found


def actor(person_id: int) -> Actor:
    return people.actor_of(person(person_id))


def ask(person_id: int, code: str) -> str:
    with db.transaction():
        return claiming.ask(code, actor=actor(person_id), now=clock.now()).code


def decide(code: str, by: int | None, *, agree: bool = True) -> None:
    who = factories.SYSTEM if by is None else actor(by)
    with db.transaction():
        claiming.decide(code, agree=agree, actor=who, now=clock.now())


def undo(code: str) -> None:
    with db.transaction():
        claiming.undo(code, actor=factories.SYSTEM, now=clock.now())


def claim(code: str) -> RosterClaim:
    db.session().rollback()
    found = claiming.by_code(code)
    assert found is not None
    return found


def head_of_school(name: str = "Kepala") -> int:
    id = bare(name)
    with db.transaction() as session:
        school = session.scalars(sa.select(School).order_by(School.id)).first()
        assert school is not None
        session.add(PersonScope(person_id=id, school_id=school.id))
    return id


def test_a_proven_address_of_the_roster_confirms_at_once_and_fills_what_is_open(app: Flask) -> None:
    sri = bare()
    email = person(sri).email
    made = ask(sri, listed(email))
    assert (claim(made).state, claim(made).by) == (ClaimState.CONFIRMED, By.EMAIL)
    found = person(sri)
    (row,) = rows()
    assert (found.nip, found.nuptk, found.jabatan, found.employment, found.title_after, found.phone) == (
        NIPS[1], "1234567890123456", "guru_kelas", "pns", "S.Pd.", "+6281234567890",
    )  # fmt: skip
    assert (found.school_id, found.jenjang, row.person_id) == (row.school_id, "sd", sri)
    assert found.kecamatan_code is not None
    # Taken back, all of it goes, but what its owner wrote since.
    with db.transaction() as session:
        session.get_one(Person, sri).jabatan = "tutor"
    undo(made)
    found = person(sri)
    assert (found.nip, found.nuptk, found.jabatan, found.title_after, found.phone, found.school_id) == (
        None, None, "tutor", "", None, None,
    )  # fmt: skip
    assert (rows()[0].person_id, claim(made).state) == (None, ClaimState.UNDONE)
    with pytest.raises(ClaimOver):
        undo(made)


def test_what_the_owner_wrote_is_not_overwritten(app: Flask) -> None:
    sri = factories.person("Sri Mulyati", jabatan="tutor", nip=NIPS[3]).id
    before = person(sri).school_id
    made = ask(sri, listed(person(sri).email))
    found = person(sri)
    assert claim(made).state is ClaimState.CONFIRMED
    assert (found.jabatan, found.nip, found.school_id, found.nuptk) == ("tutor", NIPS[3], before, "1234567890123456")


def test_an_address_of_several_rows_proves_none(app: Flask) -> None:
    sri = bare()
    email, (npsn,) = person(sri).email, listing.schools(1)
    made = ask(sri, listed(email, f"Budi;{NIPS[2]};;{email};;;;{npsn}"))
    assert claim(made).state is ClaimState.ASKED
    assert person(sri).nip is None


def test_without_that_the_school_or_the_panitia_decides(app: Flask) -> None:
    code, sri, head, other = listed(), bare(), head_of_school(), bare("Orang Lain")
    made = ask(sri, code)
    assert ask(sri, code) == made
    assert claim(made).state is ClaimState.ASKED
    assert claiming.may_decide(actor(head), claim(made))
    assert not claiming.may_decide(actor(other), claim(made))
    assert not claiming.may_decide(actor(sri), claim(made))
    assert claiming.count(actor(head)) == 1
    assert claiming.count(actor(other)) == 0
    decide(made, head)
    assert (claim(made).by, claim(made).decided_by_id, rows()[0].person_id) == (By.SCHOOL, head, sri)
    with pytest.raises(ClaimOver):
        decide(made, None)
    with pytest.raises(RowHeld):
        ask(sri, code)


def test_who_is_declined_may_ask_again(app: Flask) -> None:
    code, sri = listed(), bare()
    first = ask(sri, code)
    decide(first, None, agree=False)
    assert (claim(first).state, rows()[0].person_id) == (ClaimState.DECLINED, None)
    assert ask(sri, code) != first


def test_a_second_claim_goes_to_the_panitia_and_takes_what_the_first_was_given(app: Flask) -> None:
    code, wrong, right, head = listed(), bare("Sri Lain"), bare(), head_of_school()
    first = ask(wrong, code)
    decide(first, head)
    second = ask(right, code)
    assert claim(second).state is ClaimState.ASKED
    assert not claiming.may_decide(actor(head), claim(second))
    assert claiming.count(actor(head)) == 0
    with pytest.raises(NotFound):
        decide(second, head)
    decide(second, None)
    assert (claim(first).state, claim(second).by, rows()[0].person_id) == (ClaimState.UNDONE, By.COMMITTEE, right)
    assert person(wrong).nip is None
    assert person(right).nip == NIPS[1]


def test_another_row_lets_the_first_claim_go(app: Flask) -> None:
    (npsn,) = listing.schools(1)
    code, sri = listed("", f"Budi;{NIPS[2]};;;;;;{npsn}"), bare()
    first = ask(sri, next(row.code for row in rows() if row.name == "Budi"))
    second = ask(sri, code)
    assert (claim(first).state, claim(second).state) == (ClaimState.UNDONE, ClaimState.ASKED)


def test_a_number_of_another_account_waits_for_a_person(app: Flask) -> None:
    factories.person("Pemakai NIP", nip=NIPS[1])
    sri = bare()
    made = ask(sri, listed(person(sri).email))
    assert claim(made).state is ClaimState.ASKED
    with pytest.raises(NumberOfAnother):
        decide(made, None)
    assert rows()[0].person_id is None


def test_what_is_refused(app: Flask) -> None:
    code, sri = listed(), bare()
    for unknown in ("TIDAKADA00", "x" * 300):
        with pytest.raises(NotFound):
            ask(sri, unknown)
    panitia = bare("Rina", Role.PANITIA)
    own = ask(panitia, code)
    with pytest.raises(OwnCase):
        decide(own, panitia)
    with db.transaction() as session:
        session.get_one(Person, sri).email_confirmed_at = None
    with pytest.raises(EmailUnconfirmed):
        ask(sri, code)
    with pytest.raises(NotFound):
        decide("TIDAKADA00", None)
    one = listing.schools(1)[0]
    applied(text(f"Budi;{NIPS[2]};;;;;;{one}", f"Tuti;{NIPS[4]};;;;;;{one}"), whole=True)
    left = next(row.code for row in rows() if row.left_on is not None)
    with pytest.raises(NotFound):
        ask(bare("Ani"), left)


def test_a_row_that_somebody_holds_stays_when_its_list_is_taken_back(app: Flask) -> None:
    (npsn,) = listing.schools(1)
    id = applied(text(LINE.format(nip=NIPS[1], email="", npsn=npsn), f"Budi;{NIPS[2]};;;;;;{npsn}"))
    ask(bare(), next(row.code for row in rows() if row.name == "Sri Mulyati"))
    listing.undone(id)
    assert [row.name for row in rows()] == ["Sri Mulyati"]


def test_an_erased_person_leaves_no_row_and_no_claim(app: Flask) -> None:
    sri = bare()
    ask(sri, listed(person(sri).email))
    with db.transaction():
        erasure.erase(sri, reason="diminta", actor=factories.SYSTEM, now=clock.now())
    assert rows() == []
    assert db.session().scalar(sa.select(sa.func.count()).select_from(RosterClaim)) == 0
    assert {line.name for line in listing.lines(listing.every()[0])} == {""}


def test_a_person_finds_the_own_row_on_the_phone(app: Flask, client_of: Opener) -> None:
    code, sri, head = listed(), bare(), head_of_school()
    browser, (npsn,) = client_of(sri), listing.schools(1)
    school = db.session().scalars(sa.select(School.name).where(School.npsn == npsn)).one()
    assert "/saya/klaim" in browser.get("/saya/profil").get_data(as_text=True)
    assert f"/saya/klaim/{npsn}" in browser.get(f"/saya/klaim?q={npsn}").get_data(as_text=True)
    assert "Tidak ada sekolah" in browser.get("/saya/klaim?q=zzzz").get_data(as_text=True)
    page = browser.get(f"/saya/klaim/{npsn}").get_data(as_text=True)
    assert f"•••• {NIPS[1][-4:]}" in page
    for hidden in (NIPS[1], "1234567890123456", "81234567890"):
        assert hidden not in page
    assert browser.post(f"/saya/klaim/baris/{code}").status_code == 303
    assert "menunggu kepala sekolah atau panitia" in browser.get("/saya/klaim").get_data(as_text=True)
    assert browser.get("/klaim").status_code == 403
    desk = client_of(head)
    assert "menunggu disahkan" in desk.get("/hari-ini").get_data(as_text=True)
    waits = claiming.newest_of(sri)
    assert waits is not None
    made = waits.code
    assert made in desk.get("/klaim").get_data(as_text=True)
    assert desk.post(f"/klaim/{made}/sahkan").status_code == 303
    assert made in desk.get("/klaim").get_data(as_text=True)
    assert person(sri).email not in desk.get("/klaim").get_data(as_text=True)
    office = client_of(bare("Rina", Role.PANITIA))
    assert person(sri).email in office.get("/klaim").get_data(as_text=True)
    assert f"/kelola/orang/{person(sri).code}" in office.get("/kelola/roster").get_data(as_text=True)
    told = browser.get("/saya/klaim").get_data(as_text=True)
    assert school in told
    assert "Ini bukan saya" in told
    assert queries.of_person(sri) is not None
    assert browser.post(f"/klaim/{made}/lepas").headers["Location"].endswith("/saya/klaim")
    db.session().rollback()
    assert queries.of_person(sri) is None


def test_the_list_is_looked_at_one_school_at_a_time_and_few_a_day(app: Flask, client_of: Opener) -> None:
    sri = bare()
    browser, every = client_of(sri), listing.schools(claiming.MOST_SCHOOLS + 1)
    assert client_of(None).get(f"/saya/klaim/{every[0]}").status_code == 302
    for npsn in every[:-1]:
        assert browser.get(f"/saya/klaim/{npsn}").status_code == 200
    assert browser.get(f"/saya/klaim/{every[0]}").status_code == 200
    assert browser.get(f"/saya/klaim/{every[-1]}").status_code == 303
    assert "Coba lagi besok" in browser.get("/saya/klaim").get_data(as_text=True)
    last = db.session().scalars(sa.select(School.id).where(School.npsn == every[-1])).one()
    with pytest.raises(TooManySchools):
        claiming.check_look(last, sri, now=clock.now())
    claiming.check_look(last, sri, now=clock.now() + timedelta(days=1, minutes=1))


def test_the_profile_keeps_what_the_row_brought(app: Flask) -> None:
    sri = bare()
    ask(sri, listed(person(sri).email))
    with db.transaction():
        profile.agree(db.session().get_one(Person, sri), now=clock.now())
    assert people.is_complete(sri)


def test_whoever_is_known_by_an_address_is_asked_and_need_not_search(app: Flask, client_of: Opener) -> None:
    sri, other = bare(), bare("Orang Lain")
    code = listed(person(sri).email)
    assert claiming.suggested(other) is None
    page = client_of(sri).get("/saya/klaim").get_data(as_text=True)
    assert "Apakah ini Bapak/Ibu?" in page
    assert f"/saya/klaim/baris/{code}" in page
    assert NIPS[1] not in page
    ask(sri, code)
    assert claiming.suggested(sri) is None
    assert "Apakah ini" not in client_of(sri).get("/saya/klaim").get_data(as_text=True)


def test_an_address_of_two_rows_or_of_one_who_left_suggests_nothing(app: Flask) -> None:
    sri = bare()
    (npsn,) = listing.schools(1)
    listed(person(sri).email, f"Budi Santoso;;;{person(sri).email};;Guru Kelas;PNS;{npsn}")
    assert claiming.suggested(sri) is None


def test_an_address_that_was_not_confirmed_suggests_nothing(app: Flask) -> None:
    sri = bare()
    listed(person(sri).email)
    with db.transaction() as session:
        session.get_one(Person, sri).email_confirmed_at = None
    assert claiming.suggested(sri) is None
