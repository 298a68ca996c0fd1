"""What an official does for his own people: who is below the target, reminders, sending to a diklat; never for others."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.desk.errors import NobodyBelow, RemindedAlready, SentEnough
from calakan.desk.scope import services, standing
from calakan.desk.scope.standing import Asked, Show
from calakan.diklat.models import Diklat
from calakan.enrolment.errors import EnrolmentClosed, NotEligible, ProfileIncomplete, ScheduleOverlap
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.office.services import change_settings
from calakan.people.models import Jenjang, Person, School
from calakan.people.services import roles
from tests import factories
from tests.desk.test_scope_page import certify

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture(autouse=True)
def in_the_middle_of_the_year() -> Iterator[None]:
    with time_machine.travel(factories.june()):
        yield


@pytest.fixture
def places(app: Flask) -> tuple[int, int]:
    """Two schools of the same kecamatan."""
    first = db.session().scalars(sa.select(School).order_by(School.id)).first()
    assert first is not None
    same = sa.select(School.id).where(School.kecamatan_code == first.kecamatan_code, School.id != first.id)
    other = db.session().scalars(same.order_by(School.id)).first()
    assert other is not None
    return first.id, other


@pytest.fixture
def head(places: tuple[int, int]) -> Person:
    """Kepala sekolah of the first school."""
    who = factories.person("Tono Kepala", school_id=places[0])
    with db.transaction():
        roles.set_scope(who.id, school_ids=[places[0]], kecamatan_codes=[], actor=factories.SYSTEM, now=clock.now())
    return db.session().get_one(Person, who.id, populate_existing=True)


def acting(who: Person) -> Actor:
    db.session().rollback()
    return factories.actor(db.session().get_one(Person, who.id))


def teacher(name: str, school_id: int, **values: object) -> int:
    return factories.person(name, school_id=school_id, **values).id


def names(actor: Actor, **values: object) -> list[str]:
    asked = Asked(year=standing.this_year(clock.now()), **values)  # type: ignore[arg-type]  # of its fields
    return [person.name for person in db.session().scalars(standing.own(actor, asked)).unique()]


ALL = Asked(year=0)


def test_each_status_has_its_own_target(places: tuple[int, int], head: Person) -> None:
    course = factories.diklat("Numerasi").id
    pns, pppk, part_time = (
        teacher(name, places[0], employment=status)
        for name, status in (("Ani", "pns"), ("Budi", "pppk"), ("Cici", "pppk_paruh_waktu"))
    )
    for id in (pns, pppk, part_time):
        certify(course, id, 20)
    actor = acting(head)
    assert names(actor, show=Show.BELOW) == ["Budi", "Cici", "Tono Kepala"]
    found = standing.years(db.session().scalars(sa.select(Person).where(Person.id.in_([pns, pppk]))), 2026)
    assert {(year.jp, year.target, year.lacking, year.papers) for year in found.values()} == {
        (20, 20, 0, 1), (20, 24, 4, 1),
    }  # fmt: skip
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), pppk_jp_target=20, yearly_jp_target=21)
    assert names(actor, show=Show.BELOW) == ["Ani", "Tono Kepala"]
    assert names(actor, show=Show.ABSENT) == ["Ani", "Budi", "Cici", "Tono Kepala"]


def test_a_kecamatan_is_narrowed_to_one_school(places: tuple[int, int]) -> None:
    teacher("Ani", places[0])
    teacher("Budi", places[1])
    school = db.session().get_one(School, places[1])
    npsn, kecamatan = school.npsn, school.kecamatan_code
    chief = Actor(person_id=None, name="Korwilcam", kecamatan_codes=frozenset({kecamatan}))
    assert names(chief) == ["Ani", "Budi"]
    assert names(chief, school=npsn) == ["Budi"]
    assert npsn in dict(standing.schools(chief))


def test_a_reminder_goes_to_who_is_below_once_a_week_and_says_what_can_be_joined(
    places: tuple[int, int], head: Person
) -> None:
    course = factories.diklat("Numerasi Asyik").id
    factories.diklat("Khusus SMP", levels=(Jenjang.SMP,))
    ani, budi, _ = teacher("Ani", places[0]), teacher("Budi", places[0]), teacher("Cici", places[1])
    certify(course, budi, 20)
    actor = acting(head)
    with db.transaction():
        assert services.remind(None, ALL, actor=actor, now=clock.now()) == 1
    sent = db.session().scalars(sa.select(Message).where(Message.kind == services.REMIND)).all()
    assert [(row.person_id, row.facts["by"]) for row in sent] == [(ani, "Tono Kepala")]
    with pytest.raises(RemindedAlready), db.transaction():
        services.remind(None, ALL, actor=actor, now=clock.now())
    with db.transaction():
        assert services.remind(None, ALL, actor=actor, now=clock.now() + timedelta(days=7)) == 1
    code = db.session().get_one(Person, budi).code
    with pytest.raises(NobodyBelow), db.transaction():
        services.remind([code], ALL, actor=actor, now=clock.now())
    letter = factories.mailed(db.session().get_one(Person, ani).email, services.REMIND)
    assert "Tono Kepala mengingatkan" in letter.text
    assert "0 dari 20 JP" in letter.text
    assert "Numerasi Asyik" in letter.text
    assert "Khusus SMP" not in letter.text
    acts = db.session().scalars(sa.select(AuditEntry.act).where(AuditEntry.act == services.REMIND)).all()
    assert len(acts) == 2


def test_who_has_reached_the_target_meanwhile_gets_no_letter(places: tuple[int, int], head: Person) -> None:
    course, ani = factories.diklat("Numerasi").id, teacher("Ani", places[0])
    with db.transaction():
        services.remind(None, ALL, actor=acting(head), now=clock.now())
    certify(course, ani, 20)
    row = db.session().scalars(sa.select(Message).where(Message.kind == services.REMIND)).one()
    assert letters.compose(row, clock.now()) is None


def test_one_s_own_people_are_sent_and_told_by_whom(places: tuple[int, int], head: Person) -> None:
    course, ani, budi = factories.diklat("Numerasi").id, teacher("Ani", places[0]), teacher("Budi", places[1])
    with db.transaction():
        db.session().execute(sa.update(Person).where(Person.id == ani).values(notice_accepted_at=None))
    actor = acting(head)
    with db.transaction():
        made = services.send(course, ani, actor=actor, now=clock.now())
        assert made.state is EnrolmentState.CONFIRMED
    assert "Didaftarkan oleh Tono Kepala" in factories.mailed(db.session().get_one(Person, ani).email).text
    with pytest.raises(NotFound), db.transaction():
        services.send(course, budi, actor=actor, now=clock.now())


def test_an_official_sends_so_many_in_a_day(places: tuple[int, int], head: Person) -> None:
    course, other = (factories.diklat(name, days=9 + days).id for days, name in enumerate(("Numerasi", "Literasi")))
    actor, ani, budi = acting(head), teacher("Ani", places[0]), teacher("Budi", places[0])
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), official_sends_per_day=2)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        with db.transaction():
            services.send(course, ani, actor=actor, now=clock.now())
            services.send(course, budi, actor=actor, now=clock.now())
        with pytest.raises(SentEnough), db.transaction():
            services.send(other, ani, actor=actor, now=clock.now())
        traveller.shift(timedelta(days=1))
        with db.transaction():
            services.send(other, ani, actor=actor, now=clock.now())


def test_who_is_sent_meets_the_rules_of_who_comes_by_himself(places: tuple[int, int], head: Person) -> None:
    actor = acting(head)
    over, other, same_hours = (factories.diklat(name).id for name in ("Ditutup", "Lain", "Bersamaan"))
    only_smp = factories.diklat("SMP", levels=(Jenjang.SMP,)).id
    ani, bare = teacher("Ani", places[0]), teacher("Budi", places[0])
    with db.transaction() as session:
        past = clock.now() - timedelta(days=1)
        session.execute(sa.update(Diklat).where(Diklat.id == over).values(enrol_closes_at=past))
        session.execute(sa.update(Person).where(Person.id == bare).values(jabatan=None))
    with db.transaction():
        services.send(other, ani, actor=actor, now=clock.now())
    for error, course, who in (
        (EnrolmentClosed, over, ani),
        (NotEligible, only_smp, ani),
        (ProfileIncomplete, other, bare),
        (ScheduleOverlap, same_hours, ani),
    ):
        with pytest.raises(error), db.transaction():
            services.send(course, who, actor=actor, now=clock.now())
    assert over not in [row.id for row in standing.offered(clock.now())]


def test_the_pages_of_an_official(app: Flask, client_of: Opener, places: tuple[int, int], head: Person) -> None:
    course = factories.diklat("Numerasi Asyik")
    slug, course_id = course.slug, course.id
    ani, budi = factories.person("Ani", school_id=places[0]), factories.person("Budi", school_id=places[1])
    code, email, other = ani.code, ani.email, budi.code
    certify(course_id, ani.id, 8, number="400.3.4/1", facts={"event": {"title": "Numerasi"}})
    browser = client_of(head.id)
    page = browser.get("/binaan?tampil=kurang").get_data(as_text=True)
    assert "Ani" in page
    assert "Numerasi%20Asyik" in page  # the text for a chat
    assert "Ani" not in browser.get("/binaan?q=budi").get_data(as_text=True)
    mine = browser.get(f"/binaan/orang/{code}").get_data(as_text=True)
    assert "400.3.4/1" in mine
    assert "<b>8</b> dari 20 JP, kurang 12 JP" in mine
    assert email not in mine
    assert browser.get(f"/binaan/orang/{other}").status_code == 404
    assert browser.get("/binaan/unduh?format=pdf").status_code == 404
    # Sent: looked at first, then enrolled.
    looked = browser.post("/binaan/daftarkan", data={"orang": [code, other]}).get_data(as_text=True)
    assert "Ani" in looked
    assert "Budi" not in looked
    checked = browser.post("/binaan/daftarkan", data={"tahap": "periksa", "diklat": slug, "text": "Ani\nBudi"})
    assert checked.get_data(as_text=True).count('name="orang"') == 1
    assert browser.post("/binaan/daftarkan", data={"tahap": "daftar", "diklat": "", "orang": code}).status_code == 422
    done = browser.post("/binaan/daftarkan", data={"tahap": "daftar", "diklat": slug, "orang": [code]})
    assert done.status_code == 303
    assert "1 orang terdaftar" in browser.get("/binaan").get_data(as_text=True)
    refused = browser.post("/binaan/daftarkan", data={"tahap": "daftar", "diklat": slug, "orang": [other]})
    assert "1 tidak dapat didaftarkan" in refused.get_data(as_text=True)
    assert "Budi" not in refused.get_data(as_text=True)  # whose name is told to nobody but those who look after him
    assert browser.post("/binaan/ingatkan", data={"orang": code}).status_code == 303
    assert "1 pengingat" in browser.get("/binaan").get_data(as_text=True)
    assert browser.post("/binaan/ingatkan?tampil=kurang", data={"semua": "1"}).status_code == 303
    assert "sudah diingatkan minggu ini" in browser.get("/binaan").get_data(as_text=True)


def test_the_file_of_one_s_own_people(client_of: Opener, places: tuple[int, int], head: Person) -> None:
    course, ani = (
        factories.diklat("Numerasi").id,
        factories.person("Ani", school_id=places[0], nip="198501012010012001"),
    )
    factories.person("Budi", school_id=places[1])
    certify(course, ani.id, 8)
    browser = client_of(head.id)
    answer = browser.get("/binaan/unduh?format=xlsx&tampil=kurang")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    head_row, *rows = list(sheet.iter_rows(values_only=True))
    told = [dict(zip(head_row, row, strict=True)) for row in rows]
    assert [(row["Nama"], row["JP bersertifikat"], row["Target JP"], row["Kurang"]) for row in told] == [
        ("Ani", 8, 20, 12), ("Tono Kepala", 0, 20, 20),
    ]  # fmt: skip
    assert isinstance(told[0]["NPSN"], str)
    text = browser.get("/binaan/unduh?format=csv").get_data(as_text=True)
    assert "198501012010012001" not in text
    assert "Ani" in text
