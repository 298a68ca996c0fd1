"""Whom the roster calls head of a school looks after it, for as long as that stands, and nobody else by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.errors import OwnRoles
from calakan.people.models import Person, PersonScope, School
from calakan.people.services import roles
from calakan.roster import lists
from calakan.roster.models import RosterRow
from tests import factories
from tests.roster import listing
from tests.roster.listing import NIPS, applied, text
from tests.roster.test_claims import actor, ask, bare, claim, decide, head_of_school, person, undo

Opener = Callable[[int | None], FlaskClient]


def line(post: str, email: str = "", school: int = 0) -> bytes:
    return text(f"Sri Mulyati;{NIPS[1]};;{email};;{post};;{listing.schools()[school]}")


def sri_by_mail(address: str = "mulyati72@example.org") -> int:
    """Somebody who reads this address."""
    id = bare()
    with db.transaction() as session:
        session.get_one(Person, id).email = address
    return id


def code() -> str:
    db.session().rollback()
    return db.session().scalars(sa.select(RosterRow.code).order_by(RosterRow.id)).one()


def school_ids() -> list[int]:
    return list(db.session().scalars(sa.select(School.id).order_by(School.id).limit(2)))


def scope(id: int) -> set[int]:
    db.session().rollback()
    return set(actor(id).school_ids)


def test_the_head_of_a_school_needs_nobody_to_say_so_again(app: Flask) -> None:
    sri, (first, second) = sri_by_mail(), school_ids()
    applied(line("Kepala Sekolah", person(sri).email), days_ago=9)
    made = ask(sri, code())
    assert scope(sri) == {first}
    # Moved by a newer list, then another post, then the list taken back.
    applied(line("Kepala Sekolah", school=1), days_ago=5)
    assert scope(sri) == {second}
    later = applied(line("Guru Kelas", school=1), days_ago=3)
    assert scope(sri) == set()
    listing.undone(later)
    assert scope(sri) == {second}
    undo(made)
    assert scope(sri) == set()
    acts = db.session().scalars(sa.select(AuditEntry.act).where(AuditEntry.act.like("roster.%_post"))).all()
    assert sorted(acts) == ["roster.end_post"] * 3 + ["roster.give_post"] * 3


def test_who_left_or_is_dropped_looks_after_nothing(app: Flask) -> None:
    sri = sri_by_mail()
    applied(line("Kepala Sekolah", person(sri).email), days_ago=9)
    ask(sri, code())
    gone = applied(text(f"Budi;{NIPS[3]};;;;;;{listing.schools()[0]}"), days_ago=5, whole=True)
    assert scope(sri) == set()
    listing.undone(gone)
    assert scope(sri) == set(school_ids()[:1])
    with db.transaction():
        lists.drop(list(db.session().scalars(sa.select(RosterRow.id))))
    assert scope(sri) == set()


@pytest.mark.parametrize(
    ("post", "address", "at_once"),
    [
        ("Kepala Sekolah", "sdn1karangjati@example.org", False),
        ("Kepala Sekolah", "sdsrikandi@example.org", False),
        ("Kepala Sekolah", "sri.{school}@example.org", False),
        *(
            ("Kepala Sekolah", f"{begun}.sri@example.org", False)
            for begun in (
                "mts",
                "mtsn1",
                "min2",
                "mi",
                "upt",
                "uptdsd",
                "ra",
                "kb1",
                "sps",
                "1sdn",
                "20301234sdn1",
                "_sd",
            )
        ),
        ("Kepala Sekolah", "sri.mulyati@example.org", True),
        ("Kepala Sekolah", "mas_sri@example.org", False),
        ("Kepala Sekolah", "masri@example.org", True),
        ("Kepala Sekolah", "m.u.l.yati@example.org", True),
        ("Guru Kelas", "sdn1karangjati@example.org", True),
    ],
)
def test_whoever_reads_the_mail_of_a_school_is_not_its_head_by_that(
    app: Flask, post: str, address: str, at_once: bool
) -> None:
    """The mailbox of a school stands in the row of its head, and more than one person opens it."""
    place = db.session().scalars(sa.select(School.search_key).order_by(School.id)).first()
    address = address.format(school=str(place).split()[-1])
    sri = sri_by_mail(address)
    applied(line(post, address))
    made = ask(sri, code())
    assert claim(made).state.is_confirmed is at_once
    if not at_once:
        assert scope(sri) == set()
        decide(made, bare("Rina", Role.PANITIA))
    assert scope(sri) == (set(school_ids()[:1]) if post == "Kepala Sekolah" else set())


@pytest.mark.parametrize("by", ["school", "panitia"])
def test_a_school_makes_nobody_its_head_but_the_panitia_do(app: Flask, by: str) -> None:
    applied(line("Kepala Sekolah"))
    sri = bare()
    decide(ask(sri, code()), head_of_school() if by == "school" else bare("Rina", Role.PANITIA))
    assert scope(sri) == (set() if by == "school" else set(school_ids()[:1]))


def test_what_was_given_by_hand_stays_and_what_follows_from_the_roster_is_not_given(app: Flask) -> None:
    sri, (first, second) = sri_by_mail(), school_ids()
    applied(line("Kepala Sekolah", person(sri).email), days_ago=9)
    ask(sri, code())

    def give(*ids: int) -> None:
        with db.transaction():
            roles.set_scope(sri, school_ids=ids, kecamatan_codes=[], actor=factories.SYSTEM, now=clock.now())

    give(second)
    assert scope(sri) == {first, second}
    give()
    assert scope(sri) == {first}
    give(first)
    applied(line("Guru Kelas"))
    assert scope(sri) == {first}
    assert not db.session().scalars(sa.select(PersonScope.by_roster)).one()


def test_the_panitia_confirm_a_post_of_everybody_but_staff_and_themselves(app: Flask, client_of: Opener) -> None:
    rina, sri, chief = bare("Rina", Role.PANITIA), bare(), bare("Agus", Role.KORWILCAM)
    codes = {id: person(id).code for id in (rina, sri, chief)}
    npsn, browser = listing.schools()[0], client_of(rina)
    for id, status in ((sri, 302), (chief, 403), (rina, 403)):
        answer = browser.post(f"/kelola/orang/{codes[id]}/wilayah", data={"npsn": npsn})
        assert answer.status_code == status
    assert (scope(sri), scope(chief), scope(rina)) == (set(school_ids()[:1]), set(), set())
    assert "Wilayah binaan" in browser.get(f"/kelola/orang/{codes[sri]}").get_data(as_text=True)
    assert "Wilayah binaan" not in browser.get(f"/kelola/orang/{codes[chief]}").get_data(as_text=True)
    with pytest.raises(OwnRoles), db.transaction():
        roles.set_scope(rina, school_ids=[], kecamatan_codes=[], actor=actor(rina), now=clock.now())
