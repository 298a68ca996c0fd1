"""The screen with the code: a QR that leads to the check-in, and a part that is asked for again and again."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from calakan.attendance import checking_in, services
from calakan.attendance.models import CheckIn
from calakan.diklat import queries as diklat_queries
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db, qr
from calakan.kernel.actor import Role
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def drawn(outline: str, size: int) -> bytes:
    """The modules that a path covers, drawn by hand."""
    modules = bytearray(size * size)
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1H(\d+)z", outline)
    assert "".join(f"M{x} {y}h{wide}v1H{back}z" for x, y, wide, back in runs) == outline
    for x, y, wide, back in runs:
        assert x == back
        for place in range(int(x), int(x) + int(wide)):
            modules[int(y) * size + place] += 1
    return bytes(modules)


@pytest.mark.parametrize("text", ["A", "http://calakan.test/hadir/123456", "x" * 300])
def test_the_outline_covers_the_dark_modules_once_and_nothing_else(text: str) -> None:
    symbol = qr.encode(text)
    assert drawn(qr.outline(symbol), symbol.size) == symbol.modules


@pytest.mark.parametrize("text", ["A", "http://calakan.test/diklat/asesmen-awal", "x" * 300])
def test_the_picture_shows_the_same_modules_with_a_quiet_zone_around(text: str) -> None:
    symbol = qr.encode(text)
    picture = Image.open(BytesIO(base64.b64decode(qr.picture(symbol).removeprefix("data:image/png;base64,"))))
    size = symbol.size
    assert picture.size == (size + 8, size + 8)
    assert (
        bytes(not light for light in picture.crop((4, 4, size + 4, size + 4)).convert("L").tobytes()) == symbol.modules
    )
    around = picture.convert("L")
    around.paste(255, (4, 4, size + 4, size + 4))
    assert around.getextrema() == (255, 255)


def test_the_page_and_its_moving_part(app: Flask, client_of: Opener) -> None:
    course, teacher = factories.diklat(quota=10, days=1), factories.person()
    start = factories.morning(0)
    panitia = factories.person("Rina", Role.PANITIA)
    slug = course.slug
    with db.transaction():
        enrolment.join(course.id, teacher.id, actor=factories.SYSTEM, now=clock.now())
    base = f"/kelola/diklat/{slug}/sesi/1/kode"
    with time_machine.travel(start + timedelta(days=1, minutes=30), tick=False):
        browser = client_of(panitia.id)
        closed = browser.get(base).get_data(as_text=True)
        assert "data-segar" not in closed
        assert browser.get(f"{base}/keadaan").status_code == 204
        assert browser.post(f"{base}/buka", data={"menit": "15"}).status_code == 302
        code = db.session().scalars(sa.select(CheckIn.code)).one()
        page = browser.get(base).get_data(as_text=True)
        symbol = qr.encode(f"http://calakan.test/hadir/{code}")
        assert f'<path d="{qr.outline(symbol)}"/>' in page
        assert f'data-segar="{base}/keadaan?kode={code}"' in page
        part = browser.get(f"{base}/keadaan?kode={code}").get_data(as_text=True)
        assert '<b class="num">0</b> dari 1 peserta' in part
        assert 'data-sisa="900">15:00<' in part
        with db.transaction():
            checking_in.check_in(teacher.id, code, actor=factories.SYSTEM, now=clock.now())
        part = browser.get(f"{base}/keadaan?kode={code}").get_data(as_text=True)
        assert '<b class="num">1</b> dari 1 peserta' in part
        assert code not in part
        # Another code was opened elsewhere: this screen shows an old one and has to be loaded again.
        assert browser.get(f"{base}/keadaan?kode=000000x").status_code == 204
    with time_machine.travel(start + timedelta(days=1, minutes=46), tick=False):
        assert client_of(panitia.id).get(f"{base}/keadaan?kode={code}").status_code == 204


def test_the_moving_part_is_for_whoever_runs_the_session(app: Flask, client_of: Opener) -> None:
    course, stranger = factories.diklat(), factories.person()
    path = f"/kelola/diklat/{course.slug}/sesi/1/kode/keadaan"
    assert client_of(stranger.id).get(path).status_code == 404
    assert client_of(None).get(path).status_code == 302


def test_the_moving_part_asks_few_questions_whatever_the_number_of_people(app: Flask, client_of: Opener) -> None:
    course, panitia = factories.diklat(days=1), factories.person("Rina", Role.PANITIA)
    published, start, slug, id = clock.now(), factories.morning(0), course.slug, course.id
    session_id = diklat_queries.sessions_of(id)[0].id

    def questions(code: str) -> int:
        seen = 0

        def note(*args: object) -> None:
            nonlocal seen
            seen += 1

        browser = client_of(panitia.id)
        sa.event.listen(db.engine(), "before_cursor_execute", note)
        try:
            assert browser.get(f"/kelola/diklat/{slug}/sesi/1/kode/keadaan?kode={code}").status_code == 200
        finally:
            sa.event.remove(db.engine(), "before_cursor_execute", note)
        return seen

    with time_machine.travel(start + timedelta(days=1, minutes=5), tick=False):
        with db.transaction():
            code = services.open_check_in(session_id, minutes=30, actor=factories.SYSTEM, now=clock.now()).code
        alone = questions(code)
        for name in ("Ani", "Budi", "Citra", "Dewi", "Eko"):
            teacher = factories.person(name).id
            with db.transaction():
                enrolment.join(id, teacher, actor=factories.SYSTEM, now=published)
        assert questions(code) == alone
        assert alone <= 12
