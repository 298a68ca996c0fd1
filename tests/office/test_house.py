"""What an admin sets is what everybody reads: pages, mails, papers, calendars, cards, programs."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from calakan.certificates import badges
from calakan.diklat import calendar, queries
from calakan.kernel import clock, db, formats
from calakan.kernel.actor import Role
from calakan.office import house
from calakan.office.services import change_settings
from calakan.reports.documents import charts
from calakan.reports.documents.lists import listing
from calakan.reports.documents.writing import tables
from calakan.web.card import drawn
from tests import factories

Opener = Callable[[int | None], FlaskClient]
EVENING = datetime(2027, 3, 2, 16, 30, tzinfo=UTC)  # 23.30 WIB, and 00.30 WITA on the day after


@pytest.fixture
def settings_of(app: Flask) -> Iterator[Callable[..., None]]:
    def change(**values: object) -> None:
        with db.transaction():
            change_settings(actor=factories.SYSTEM, now=clock.now(), **values)

    yield change
    clock.connect(clock.Zone.WIB)


def test_a_change_is_seen_by_the_next_request_and_costs_none_of_them_a_statement(
    app: Flask, client_of: Opener, settings_of: Callable[..., None]
) -> None:
    browser = app.test_client()
    assert "Banyumas Calakan" in browser.get("/").get_data(as_text=True)
    settings_of(programme_name="Rumah Guru", programme_tagline="", region="Kota Tarakan", contact="Bidang Ketenagaan")
    page = browser.get("/").get_data(as_text=True)
    assert ("Rumah Guru" in page, "guru Tarakan" in page, "Banyumas" in page) == (True, True, False)
    manifest = json.loads(browser.get("/manifest.webmanifest").data)
    assert manifest["name"] == "Rumah Guru"
    assert [item["url"] for item in manifest["shortcuts"]] == ["/hari-ini", "/diklat", "/saya"]
    asked: list[str] = []
    sa.event.listen(db.engine(), "before_cursor_execute", note := lambda *args: asked.append(args[2]))
    try:
        browser.get("/")
    finally:
        sa.event.remove(db.engine(), "before_cursor_execute", note)
    assert [statement for statement in asked if "office_setting" in statement] == []


def test_another_process_reads_it_again_when_the_mark_is_another(app: Flask, settings_of: Callable[..., None]) -> None:
    before = house.house()
    settings_of(programme_name="Rumah Guru")
    mark = app.extensions["calakan.settings"].data_dir / house.MARK
    house._house = before  # a process that has not looked since
    house.refresh()
    assert house.house() is before
    mark.unlink()
    house.refresh()
    assert house.house().name == "Rumah Guru"


def test_what_is_not_committed_is_not_told(app: Flask) -> None:
    def broken() -> None:
        with db.transaction():
            change_settings(actor=factories.SYSTEM, now=clock.now(), programme_name="Salah")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    house.refresh()
    assert house.house().name == "Banyumas Calakan"


def test_without_a_table_the_house_keeps_the_name_it_had(app: Flask, tmp_path: Path) -> None:
    house.connect(tmp_path)
    db.session().rollback()  # whoever has read the table holds it
    with db.engine().begin() as connection:
        connection.execute(sa.text("ALTER TABLE office_setting RENAME TO office_setting_away"))
    try:
        house.refresh()
        assert house.house().name == "Banyumas Calakan"
    finally:
        db.session().rollback()
        with db.engine().begin() as connection:
            connection.execute(sa.text("ALTER TABLE office_setting_away RENAME TO office_setting"))


def test_while_the_database_is_away_one_request_in_seconds_waits_for_it_and_no_probe(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, asked = [1000.0], list[object]()
    monkeypatch.setattr(house, "time", SimpleNamespace(monotonic=lambda: now[0]))
    house.connect(tmp_path, many_hosts=True)
    house.refresh()
    db.session().rollback()
    with db.engine().begin() as connection:
        connection.execute(sa.text("ALTER TABLE office_setting RENAME TO office_setting_away"))

    def note(*args: object) -> None:
        if "office_setting" in str(args[2]):
            asked.append(args[2])

    sa.event.listen(db.engine(), "before_cursor_execute", note)
    try:
        for _ in range(2):  # whether the last try went well or not
            now[0] += house.OTHERS_SECONDS + 1
            assert app.test_client().get("/livez").status_code == 200
            assert asked == [], "whoever asks whether this process lives would end it"
            house.refresh()
            assert len(asked) == 1
            house.refresh()
            assert len(asked) == 1, "all requests would wait"
            asked.clear()
    finally:
        sa.event.remove(db.engine(), "before_cursor_execute", note)
        db.session().rollback()
        with db.engine().begin() as connection:
            connection.execute(sa.text("ALTER TABLE office_setting_away RENAME TO office_setting"))
        house.connect(app.extensions["calakan.settings"].data_dir)


def test_hours_and_days_are_those_of_the_zone(app: Flask, client_of: Opener, settings_of: Callable[..., None]) -> None:
    assert formats.moment(EVENING) == "Selasa, 2 Maret 2027 pukul 23.30 WIB"
    settings_of(zone="WITA")
    assert formats.moment(EVENING) == "Rabu, 3 Maret 2027 pukul 00.30 WITA"
    assert clock.instant(clock.local(EVENING).date(), clock.local(EVENING).time()) == EVENING
    admin = client_of(factories.person("Panitia", Role.PANITIA).id)
    assert "Pendaftaran dibuka (WITA)" in admin.get("/kelola/diklat/baru").get_data(as_text=True)


def test_files_and_badges_say_the_hour_by_the_clock_of_the_house(app: Flask, settings_of: Callable[..., None]) -> None:
    assert listing.when(EVENING) == datetime(2027, 3, 2, 23, 30)  # noqa: DTZ001  # as spreadsheets keep it
    settings_of(zone="WITA")
    assert listing.when(EVENING) == datetime(2027, 3, 3, 0, 30)  # noqa: DTZ001  # as above
    assert listing.on(EVENING) == date(2027, 3, 3)
    assert tables._plain(listing.when(EVENING)) == "2027-03-03T00:30+08:00"
    for event, offset in (({}, "+07:00"), ({"zone": "WIT"}, "+09:00")):
        assert badges._at("2027-03-02", time.min, event) == f"2027-03-02T00:00:00{offset}"


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("zone", "name", "offset"),
    [("WIB", "Asia/Jakarta", "+0700"), ("WITA", "Asia/Makassar", "+0800"), ("WIT", "Asia/Jayapura", "+0900")],
)
def test_a_calendar_names_the_zone_and_keeps_the_instant(
    app: Flask, settings_of: Callable[..., None], zone: str, name: str, offset: str
) -> None:
    settings_of(zone=zone, programme_name='Rumah "Guru", Tarakan')
    factories.live_session(course := factories.diklat("Numerasi").id, EVENING)
    (session,) = [found for found in queries.all_sessions(course) if found.starts_at == EVENING]
    file = calendar.calendar([session], name=house.house().name, base_url="http://calakan.test")
    assert f"TZOFFSETTO:{offset}" in file.decode()
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert event["DTSTART"].params["TZID"] == name
    assert event.decoded("DTSTART").astimezone(UTC) == EVENING
    told = calendar.invitation(
        session, organizer="a@b.id", attendee="c@d.id", name="Sri", base_url="http://calakan.test"
    )
    (event,) = Calendar.from_ical(told).walk("VEVENT")
    assert event["ORGANIZER"].params["CN"] == "Rumah 'Guru', Tarakan"


@pytest.mark.any_database
def test_the_card_is_a_picture_of_its_size_for_the_longest_name_too(app: Flask) -> None:
    from PIL import Image  # as where it is drawn

    for name in ("Calakan", "W" * 60):
        with Image.open(io.BytesIO(drawn(name, f"Diklat gratis untuk guru {name}"))) as picture:
            assert (picture.format, picture.size) == ("JPEG", (1200, 630))
    assert drawn("Satu", "Diklat") != drawn("Dua", "Diklat")
    page = app.test_client().get("/").get_data(as_text=True)
    address = re.search(r'property="og:image" content="http://calakan\.test(/kartu/\w+\.jpg)"', page)
    assert address is not None
    assert app.test_client().get(address[1]).mimetype == "image/jpeg"


def test_the_map_is_data(app: Flask) -> None:
    assert charts.TILES["33.02.23"].name == "Kedungbanteng"
    assert charts.TILES["33.02.27"].name == "Pwt. Utara"
    drawing = charts.hexagons(charts.counted_places({}, {}, lambda code: f"/{code}"))
    assert all(text in drawing for text in ("Kedung-", "Kali Serayu"))
