"""At the door of a hall: a ticket is typed or scanned, and the person is present; every refusal is said in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from calakan.attendance import door, evidence, queries, services
from calakan.attendance.errors import AttendanceFinal, CheckInNotOpen, NoSeatAtDoor, TicketElsewhere, TicketUnknown
from calakan.attendance.models import Kind, Method
from calakan.audit.models import AuditEntry
from calakan.diklat.models import Diklat, DiklatState, LiveSession, PresenceRule
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db, qr
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound, OwnCase
from calakan.people.models import Person
from calakan.people.queries import actor_of
from calakan.privacy import lookers
from tests import factories
from tests.attendance.test_codes import World
from tests.attendance.test_evidence import rule

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """Half an hour before the session begins."""
    made = World()
    with time_machine.travel(made.begins - timedelta(minutes=30), tick=False):
        yield made


def seat(world: World, person_id: int) -> Enrolment:
    db.session().rollback()
    wanted = sa.select(Enrolment).where(Enrolment.diklat_id == world.diklat, Enrolment.person_id == person_id)
    return db.session().scalars(wanted).one()


def receive(world: World, person_id: int, *, by: int | None = None) -> bool:
    enrolment_id = seat(world, person_id).id
    db.session().rollback()
    with db.transaction():
        actor = factories.SYSTEM if by is None else actor_of(db.session().get_one(Person, by))
        return door.receive(world.session, enrolment_id, actor=actor, now=clock.now())


def number(world: World) -> int:
    return db.session().get_one(LiveSession, world.session).number


@pytest.mark.parametrize("kind", list(PresenceRule))
def test_whoever_the_panitia_met_is_present_by_every_rule(world: World, kind: PresenceRule) -> None:
    rule(world, kind)
    rina = factories.person("Rina", Role.PANITIA).id
    assert receive(world, world.sri, by=rina)
    assert world.why == "scanned"
    [sign] = evidence.of_people(world.session, [world.sri])[world.sri]
    assert (sign.kind, sign.at, sign.by_id) == (Kind.SCAN, world.begins - timedelta(minutes=30), rina)
    mark = queries.presence_of(world.session, world.sri)
    assert mark is not None
    assert (mark.method, mark.marked_by_id) == (Method.SCAN, rina)
    said = db.session().scalars(sa.select(AuditEntry.facts).where(AuditEntry.act == "attendance.receive")).one()
    assert said["person_id"] == world.sri


def test_a_second_time_changes_nothing(world: World) -> None:
    assert [receive(world, world.sri), receive(world, world.sri)] == [True, False]
    assert len(evidence.of_people(world.session, [world.sri])[world.sri]) == 1


def test_it_is_above_an_older_mark_and_below_a_newer_one(world: World) -> None:
    def absent() -> None:
        with time_machine.travel(world.begins + timedelta(hours=1), tick=False), db.transaction():
            services.mark_by_hand(
                world.session, [world.sri], present=False, reason="Pulang", actor=factories.SYSTEM, now=clock.now()
            )

    absent()
    with time_machine.travel(world.begins + timedelta(hours=2), tick=False):
        assert receive(world, world.sri)
    assert world.why == "scanned"
    with time_machine.travel(world.begins + timedelta(hours=3), tick=False), db.transaction():
        services.mark_by_hand(
            world.session, [world.sri], present=False, reason="Pulang", actor=factories.SYSTEM, now=clock.now()
        )
    assert world.why == "marked_absent"
    assert door.received(world.session) == []


def test_the_last_ten_are_shown_the_newest_first(world: World) -> None:
    for n in range(12):
        with time_machine.travel(world.begins - timedelta(minutes=30 - n), tick=False):
            person = factories.person(f"Guru {'ABCDEFGHIJKL'[n]}").id
            with db.transaction():
                session = db.session().get_one(Diklat, world.diklat)
                session.quota = None
            with db.transaction():
                enrolment.join(world.diklat, person, by_hand=True, actor=factories.SYSTEM, now=clock.now())
            assert receive(world, person)
    assert [name[-1] for name, _ in door.received(world.session)] == list("LKJIHGFEDC")


@pytest.mark.parametrize(("minutes", "why"), [(-61, "door"), (-60, ""), (180 + 30, ""), (180 + 31, "over")])
def test_the_door_is_open_from_an_hour_before_until_shortly_after(world: World, minutes: int, why: str) -> None:
    with time_machine.travel(world.begins + timedelta(minutes=minutes), tick=False):
        if not why:
            assert receive(world, world.sri)
            return
        with pytest.raises(CheckInNotOpen) as refused:
            receive(world, world.sri)
    assert refused.value.facts["why"] == why


def test_who_may_not_come_in(world: World) -> None:
    with pytest.raises(NoSeatAtDoor) as refused:
        receive(world, world.budi)
    assert refused.value.facts == {"name": "Budi", "waiting": True}
    with db.transaction():
        enrolment.leave(world.diklat, world.budi, actor=factories.SYSTEM, now=clock.now(), reason="")
    with pytest.raises(NoSeatAtDoor) as refused:
        receive(world, world.budi)
    assert refused.value.facts["waiting"] is False
    with pytest.raises(OwnCase):
        receive(world, world.sri, by=world.sri)
    with pytest.raises(NotFound), db.transaction():
        door.receive(999_999, seat(world, world.sri).id, actor=factories.SYSTEM, now=clock.now())


def test_a_ticket_of_another_diklat_names_it(world: World) -> None:
    other = factories.diklat("Lain", days=20).id
    with db.transaction():
        enrolment.join(other, world.cici, actor=factories.SYSTEM, now=clock.now())
        id = db.session().scalars(sa.select(Enrolment.id).where(Enrolment.diklat_id == other)).one()
    with pytest.raises(TicketElsewhere) as refused, db.transaction():
        door.receive(world.session, id, actor=factories.SYSTEM, now=clock.now())
    assert refused.value.facts == {"name": "Cici", "title": "Lain"}


def test_nothing_is_recorded_where_presence_is_not(world: World) -> None:
    world.cancel()
    with pytest.raises(CheckInNotOpen) as refused:
        receive(world, world.sri)
    assert refused.value.facts["why"] == "cancelled"
    with db.transaction():
        db.session().get_one(Diklat, world.diklat).state = DiklatState.CLOSED
    with pytest.raises(AttendanceFinal):
        receive(world, world.sri)


@pytest.mark.parametrize("drawn", ["", "BC7K2M9QXA"])
def test_a_number_is_read_as_it_is_printed_typed_or_scanned(world: World, drawn: str) -> None:
    """Also one that begins like its prefix."""
    with db.transaction() as session:
        mine = session.get_one(Enrolment, seat(world, world.sri).id)
        mine.code = drawn or mine.code
    mine = seat(world, world.sri)
    code, shown, id = mine.code, mine.shown_code, mine.id
    for typed in (
        code, code.lower(), shown, shown.lower(), f" {shown} ", shown.replace("-", " "),
        f"https://diklat.example.org/kelola/pintu/{code}", f"https://diklat.example.org/kelola/pintu/{code}/",
    ):  # fmt: skip
        assert door.ticket(typed).id == id
    for wrong in ("", "BC-0000-0000", "https://example.org/", code[:-1], f"{code}A"):
        with pytest.raises(TicketUnknown):
            door.ticket(wrong)


def test_typed_at_the_door(world: World, client_of: Opener) -> None:
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    path, shown = f"/kelola/diklat/{world.slug}/sesi/{number(world)}/pintu", seat(world, world.sri).shown_code
    assert path in desk.get(f"/kelola/diklat/{world.slug}/kehadiran").get_data(as_text=True)
    refused = desk.post(path, data={"nomor": "BC-0000-0000"})
    assert refused.status_code == 422
    assert "Nomor pendaftaran ini tidak dikenal." in refused.get_data(as_text=True)
    assert "BC-0000-0000" in refused.get_data(as_text=True)
    assert desk.post(path, data={"nomor": ""}).status_code == 422
    page = desk.post(path, data={"nomor": shown}, follow_redirects=True).get_data(as_text=True)
    assert "Sri dicatat hadir." in page
    assert "Baru dicatat" in page
    assert '<b class="num">1</b> dari 1 peserta' in page
    again = desk.post(path, data={"nomor": shown}, follow_redirects=True).get_data(as_text=True)
    assert "Sri sudah tercatat hadir sebelumnya." in again
    for _ in range(2):
        waiting = desk.post(path, data={"nomor": seat(world, world.budi).shown_code}).get_data(as_text=True)
        assert "Budi masih dalam daftar tunggu" in waiting
    # Who was named is told so, refused or not, once a day.
    for person_id in (world.sri, world.budi):
        looks = db.session().scalars(lookers.of_person(person_id)).all()
        assert [(look.act, look.actor_name) for look in looks if look.subject_kind == "person"] == [
            ("people.look", "Rina")
        ]


def test_a_number_of_another_diklat_is_a_look_too(world: World, client_of: Opener) -> None:
    other = factories.diklat(title="Lain")
    with db.transaction():
        enrolment.join(other.id, world.sri, actor=factories.SYSTEM, now=clock.now())
    code = db.session().scalars(sa.select(Enrolment.code).where(Enrolment.diklat_id == other.id)).one()
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    page = desk.post(f"/kelola/diklat/{world.slug}/sesi/{number(world)}/pintu", data={"nomor": code})
    assert "Sri" in page.get_data(as_text=True)
    assert [look.actor_name for look in db.session().scalars(lookers.of_person(world.sri))] == ["Rina"]


def address_in(page: str) -> str:
    """What a phone reads from the QR that the page shows, drawn as it stands there."""
    found = re.search(r'viewBox="-4 -4 (\d+) \d+"[^>]*aria-label="Kode QR menuju ([^"]+)"[^>]*><path d="([^"]+)"', page)
    assert found is not None
    symbol = qr.encode(found[2])
    assert qr.outline(symbol) == found[3]
    side = symbol.size + 8
    picture = Image.new("L", (side, side), 255)
    for row in range(symbol.size):
        for column in range(symbol.size):
            if symbol.modules[row * symbol.size + column]:
                picture.putpixel((column + 4, row + 4), 0)
    [read] = zxingcpp.read_barcodes(picture.resize((side * 6, side * 6), Image.Resampling.NEAREST))
    return str(read.text)


def test_the_ticket_opens_a_page_with_one_button_for_the_session_of_now(world: World, client_of: Opener) -> None:
    page = client_of(world.sri).get(f"/belajar/{world.slug}/tiket").get_data(as_text=True)
    code = seat(world, world.sri).code
    assert address_in(page).endswith(f"/kelola/pintu/{code}")
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    shown = desk.get(f"/kelola/pintu/{code}").get_data(as_text=True)
    assert "Sri" in shown
    assert shown.count("Catat hadir") == 1
    assert world.why == ""
    answer = desk.post(f"/kelola/pintu/{code}", data={"sesi": str(number(world))}, follow_redirects=True)
    assert "Sri dicatat hadir." in answer.get_data(as_text=True)
    assert "Sudah tercatat hadir" in answer.get_data(as_text=True)
    assert world.why == "scanned"


def test_the_ticket_says_why_nothing_can_be_recorded(world: World, client_of: Opener) -> None:
    desk, code = client_of(factories.person("Rina", Role.PANITIA).id), seat(world, world.sri).code
    waiting = desk.get(f"/kelola/pintu/{seat(world, world.budi).code}").get_data(as_text=True)
    assert "Masih dalam daftar tunggu" in waiting
    with time_machine.travel(world.begins - timedelta(hours=5), tick=False):
        late = client_of(factories.person("Rini", Role.PANITIA).id)
        assert "Tidak ada sesi yang berlangsung sekarang." in late.get(f"/kelola/pintu/{code}").get_data(as_text=True)
        answer = late.post(f"/kelola/pintu/{code}", data={"sesi": str(number(world))}, follow_redirects=True)
        assert "Waktu mencatat kehadiran sesi ini sudah lewat." in answer.get_data(as_text=True)
    assert desk.get("/kelola/pintu/TIDAKADA").status_code == 404
    with db.transaction():
        db.session().get_one(Diklat, world.diklat).state = DiklatState.CLOSED
    assert "tidak dicatat lagi" in desk.get(f"/kelola/pintu/{code}").get_data(as_text=True)
    assert world.why == ""


def test_only_the_panitia_use_it(world: World, client_of: Opener) -> None:
    code = seat(world, world.sri).code
    path = f"/kelola/diklat/{world.slug}/sesi/{number(world)}/pintu"
    for who in (world.sri, world.cici, factories.person("Nara", Role.NARASUMBER).id):
        assert client_of(who).get(f"/kelola/pintu/{code}").status_code in (403, 404)
        assert client_of(who).get(path).status_code == 404
    assert client_of(world.budi).get(f"/belajar/{world.slug}/tiket").status_code == 302


def test_the_code_of_a_session_is_scanned_with_the_camera_of_the_phone(world: World, client_of: Opener) -> None:
    """The QR on the screen is an address; it opens a page with the code filled in and one button, after the log-in too."""
    with time_machine.travel(world.begins + timedelta(minutes=5), tick=False):
        code = world.open()
        desk = client_of(factories.person("Rina", Role.PANITIA).id)
        page = desk.get(f"/kelola/diklat/{world.slug}/sesi/{number(world)}/kode").get_data(as_text=True)
        address = address_in(page)
        assert address.endswith(f"/hadir/{code}")
        stranger = client_of(None).get(f"/hadir/{code}")
        assert stranger.status_code in (302, 303)
        assert f"next=/hadir/{code}" in stranger.headers["Location"]
        sri = client_of(world.sri)
        shown = sri.get(f"/hadir/{code}").get_data(as_text=True)
        assert f'name="kode" value="{code}"' in shown
        title = db.session().get_one(Diklat, world.diklat).title
        assert [f"ikuti: <b>{title}</b>" in shown, "Pagi</span>" in shown] == [True, True]
        assert "Yang sedang Bapak/Ibu ikuti" not in client_of(world.cici).get(f"/hadir/{code}").text
        assert sri.post("/hadir", data={"kode": code}).status_code == 302
    assert world.why == "code"
