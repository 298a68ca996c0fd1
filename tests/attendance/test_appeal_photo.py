"""A photo that goes with an appeal: drawn anew, seen by its person and by whoever decides, gone with the person."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from calakan.assessment.models import DiscardedFile
from calakan.attendance import appeals
from calakan.attendance.errors import PhotoUnreadable
from calakan.attendance.models import Appeal
from calakan.diklat.models import LiveSession
from calakan.enrolment import services as enrolment
from calakan.intake.process import LARGEST
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import Person
from calakan.privacy import erasure, retention
from calakan.privacy.retention import Kept
from tests import factories
from tests.attendance.test_codes import World

Opener = Callable[[int | None], FlaskClient]
TEXT = "HP saya mati saat kode dibuka."


def jpeg(width: int = 2400, height: int = 1200) -> bytes:
    """From a phone that writes where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Telepon Sri"
    exif.get_ifd(0x8825)[1] = "S"
    drawn = io.BytesIO()
    Image.new("RGB", (width, height), (200, 40, 40)).save(drawn, "JPEG", exif=exif)
    return drawn.getvalue()


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """An hour into the session; Sri is not counted yet."""
    made = World()
    with time_machine.travel(made.begins + timedelta(hours=1), tick=False):
        yield made


def address(world: World) -> str:
    number = db.session().get_one(LiveSession, world.session).number
    slug = world.slug
    db.session().rollback()
    return f"/belajar/{slug}/sesi/{number}"


def send(browser: FlaskClient, world: World, photo: bytes, name: str = "layar.jpg") -> tuple[int, str]:
    answer = browser.post(f"{address(world)}/ajukan", data={"text": TEXT, "photo": (io.BytesIO(photo), name)})
    return answer.status_code, answer.get_data(as_text=True)


def held() -> list[str | None]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Appeal.photo_sha256).order_by(Appeal.id)))


def stored(app: Flask) -> list[Path]:
    return [path for path in app.extensions["calakan.files"].root.rglob("*") if path.is_file()]


def test_it_is_drawn_anew_and_seen_by_its_person_and_who_decides(app: Flask, world: World, client_of: Opener) -> None:
    sri = client_of(world.sri)
    assert send(sri, world, jpeg())[0] == 303
    assert "Lihat foto" in sri.get(address(world)).get_data(as_text=True)
    answer = sri.get(f"{address(world)}/ajukan/foto")
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "private, no-store"
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((1600, 800), {})
    assert b"Telepon Sri" not in answer.data
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    code = db.session().get_one(Person, world.sri).code
    path = f"/kelola/diklat/{world.slug}/kehadiran/ajuan/{address(world).rsplit('/', 1)[1]}/{code}/foto"
    assert path in desk.get(f"/kelola/diklat/{world.slug}/kehadiran").get_data(as_text=True)
    assert desk.get(path).data == answer.data


def test_nobody_else_sees_it(world: World, client_of: Opener) -> None:
    send(client_of(world.sri), world, jpeg())
    number, code = address(world).rsplit("/", 1)[1], db.session().get_one(Person, world.sri).code
    decided = f"/kelola/diklat/{world.slug}/kehadiran/ajuan/{number}/{code}/foto"
    with db.transaction():
        enrolment.remove(world.diklat, [world.sri], reason="Uji", actor=factories.SYSTEM, now=clock.now())
    for who in (world.budi, world.cici):
        assert client_of(who).get(f"{address(world)}/ajukan/foto").status_code == 404
        assert client_of(who).get(decided).status_code == 404
    assert client_of(factories.person("Nara", Role.NARASUMBER).id).get(decided).status_code == 404


def test_without_a_photo_there_is_none_to_see(world: World, client_of: Opener) -> None:
    sri = client_of(world.sri)
    assert sri.post(f"{address(world)}/ajukan", data={"text": TEXT}).status_code == 303
    assert held() == [None]
    assert sri.get(f"{address(world)}/ajukan/foto").status_code == 404
    assert "Lihat foto" not in sri.get(address(world)).get_data(as_text=True)
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    base = f"/kelola/diklat/{world.slug}/kehadiran/ajuan"
    code = db.session().get_one(Person, world.sri).code
    for wrong in (f"{base}/1/{code}/foto", f"{base}/999/{code}/foto", f"{base}/1/TIDAKADA/foto"):
        assert desk.get(wrong).status_code == 404


def test_a_photo_whose_file_is_lost_is_not_found(app: Flask, world: World, client_of: Opener) -> None:
    sri = client_of(world.sri)
    send(sri, world, jpeg())
    for path in stored(app):
        path.unlink()
    assert sri.get(f"{address(world)}/ajukan/foto").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"bukan foto", "Foto ini tidak terbaca."), (b"%PDF-1.4 %%EOF", "Foto ini tidak terbaca."),
        (jpeg()[:2000], "Foto ini tidak terbaca."), (b"\xff" * (LARGEST + 1), "Foto paling besar 10 MB."),
    ],
    ids=["text", "pdf", "cut", "large"],
)  # fmt: skip
def test_what_is_no_photo_is_refused_and_what_was_typed_stays(
    app: Flask, world: World, client_of: Opener, content: bytes, said: str
) -> None:
    before = stored(app)
    status, page = send(client_of(world.sri), world, content)
    assert status == 422
    assert said in page
    assert TEXT in page
    assert (held(), stored(app)) == ([], before)


def test_too_many_pixels_are_refused() -> None:
    drawn = io.BytesIO()
    Image.new("1", (5000, 4000)).save(drawn, "PNG")
    with pytest.raises(PhotoUnreadable) as refused:
        appeals.photo(drawn.getvalue())
    assert refused.value.facts == {"why": "pixels"}


def test_whoever_may_not_appeal_has_nothing_stored(app: Flask, world: World, client_of: Opener) -> None:
    sri = client_of(world.sri)
    assert send(sri, world, jpeg())[0] == 303
    first = stored(app)
    status, page = send(sri, world, jpeg(800, 700))
    assert status == 422
    assert "sudah terkirim sebelumnya" in page
    assert stored(app) == first


def test_it_is_named_in_the_own_copy_and_goes_with_the_person(world: World, client_of: Opener) -> None:
    sri = client_of(world.sri)
    send(sri, world, jpeg())
    [sha256] = held()
    [row] = json.loads(sri.get("/saya/data.json").data)["ajuan_hadir"]
    assert row["photo_sha256"] == sha256
    with db.transaction():
        appeals.answer(world.session, world.sri, grant=False, text="Tidak", actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        erasure.erase(world.sri, reason="Diminta", actor=factories.SYSTEM, now=clock.now())
    assert held() == [None]
    assert db.session().scalars(sa.select(DiscardedFile.sha256)).all() == [sha256]


def test_it_goes_once_presence_was_kept_long_enough(world: World, client_of: Opener) -> None:
    send(client_of(world.sri), world, jpeg())
    [sha256] = held()
    for days, left in ((-1, [sha256]), (1, [None])):
        late = world.begins + timedelta(hours=3, days=retention.days(Kept.ATTENDANCE) + days)
        with db.transaction():
            retention.forget_some(Kept.ATTENDANCE, now=late)
        assert held() == left
    assert db.session().scalars(sa.select(DiscardedFile.sha256)).all() == [sha256]
