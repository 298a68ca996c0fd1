"""Marking busy times, reading them back, and the worker that reads calendar addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan import background
from calakan.availability import queries, services, tasks
from calakan.availability.errors import BusyTimesInvalid, CalendarAddressInvalid
from calakan.availability.fetching import Fetcher
from calakan.availability.models import BusySource, BusyTime
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.narasumber import services as narasumber
from calakan.narasumber.errors import SpeakerClash
from calakan.narasumber.models import Duty
from tests import factories
from tests.availability.calendar_server import serving

Opener = Callable[[int | None], FlaskClient]
MONDAY = datetime(2027, 3, 1, tzinfo=UTC) - timedelta(hours=7)  # midnight in Jakarta


def wib(hour: int, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def toggle(person_id: int, weekday: int, part: str) -> bool:
    with db.transaction():
        return services.toggle_weekly(person_id, weekday, part, actor=factories.SYSTEM, now=clock.now())


def add(person_id: int, start: datetime, end: datetime, note: str = "") -> int:
    with db.transaction():
        return services.add_dated(person_id, start, end, note=note, actor=factories.SYSTEM, now=clock.now()).id


def confirm(session_id: int, person_id: int) -> None:
    with db.transaction():
        live = db.session().get_one(LiveSession, session_id)
        narasumber.confirm(live, person_id, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())


def rows() -> int:
    return db.session().scalar(sa.select(sa.func.count()).select_from(BusyTime)) or 0


def test_everyone_is_free_until_marked_and_a_second_tap_frees_again(app: Flask) -> None:
    speaker = factories.person("Tri", Role.NARASUMBER).id
    assert queries.busy([speaker], wib(0), wib(24 * 7)) == {}
    assert toggle(speaker, 0, "pagi") is True
    found = queries.busy([speaker], wib(0), wib(24 * 7))[speaker]
    assert [(b.starts_at, b.ends_at) for b in found] == [(wib(7), wib(12))]
    assert toggle(speaker, 0, "pagi") is False
    assert queries.busy([speaker], wib(0), wib(24 * 7)) == {}


def test_weekly_and_dated_times_by_the_hour(app: Flask) -> None:
    one, two = (factories.person(n, Role.NARASUMBER).id for n in ("Ani", "Budi"))
    toggle(one, 1, "siang")
    add(two, wib(22, 1), wib(26, 1), "Perjalanan")
    assert queries.busy([one, two], wib(10, 1), wib(12, 1)) == {}
    assert [b.starts_at for b in queries.busy([one, two], wib(11, 1), wib(13, 1))[one]] == [wib(12, 1)]
    assert [b.note for b in queries.busy([one, two], wib(1, 2), wib(3, 2))[two]] == ["Perjalanan"]
    assert queries.busy([one, two], wib(2, 2), wib(3, 2)) == {}
    weeks = queries.busy([one], wib(0), wib(24 * 21))[one]
    assert [b.starts_at for b in weeks] == [wib(12, 1), wib(12, 8), wib(12, 15)]


def test_impossible_times_change_nothing(app: Flask) -> None:
    speaker, now = factories.person("Tri", Role.NARASUMBER).id, clock.now()
    for start, end, why in (
        (now + timedelta(hours=2), now + timedelta(hours=1), "reversed"),
        (now + timedelta(hours=2), now + timedelta(hours=2), "reversed"),
        (now, now + timedelta(days=61), "long"),
        (now - timedelta(hours=2), now - timedelta(hours=1), "past"),
    ):
        with pytest.raises(BusyTimesInvalid) as refused:
            add(speaker, start, end)
        assert refused.value.facts == {"why": why}
    for weekday, part in ((7, "pagi"), (-1, "pagi"), (0, "subuh")):
        with pytest.raises(NotFound):
            toggle(speaker, weekday, part)
    assert rows() == 0


def test_the_same_time_twice_is_kept_once_and_there_is_an_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 2)
    speaker, now = factories.person("Tri", Role.NARASUMBER).id, clock.now()
    first = add(speaker, now, now + timedelta(hours=1))
    assert add(speaker, now, now + timedelta(hours=1)) == first
    add(speaker, now, now + timedelta(hours=2))
    with pytest.raises(BusyTimesInvalid) as refused:
        add(speaker, now, now + timedelta(hours=3))
    assert refused.value.facts == {"why": "many"}


def test_only_the_own_dated_times_are_removed(app: Flask) -> None:
    one, two = (factories.person(n, Role.NARASUMBER).id for n in ("Ani", "Budi"))
    id = add(one, clock.now(), clock.now() + timedelta(hours=1))
    with pytest.raises(NotFound), db.transaction():
        services.remove_dated(two, id, actor=factories.SYSTEM, now=clock.now())
    assert rows() == 1
    with db.transaction():
        services.remove_dated(one, id, actor=factories.SYSTEM, now=clock.now())
    assert rows() == 0


def test_a_calendar_address_is_read_replaced_and_forgotten(app: Flask) -> None:
    speaker, settings = factories.person("Tri", Role.NARASUMBER).id, app.extensions["calakan.settings"]
    begins = (clock.now() + timedelta(days=3)).replace(microsecond=0)
    event = f"BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Rahasia\r\nDTSTART:{begins:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
    with serving() as server:
        server.pages["/a.ics"] = (200, {}, f"BEGIN:VCALENDAR\r\n{event}END:VCALENDAR\r\n".encode(), 0)
        with db.transaction():
            services.connect_calendar(speaker, "https://calendar.test/a.ics", actor=factories.SYSTEM, now=clock.now())
        assert tasks.fetch_due(settings, server.fetcher()) == 1
        found = queries.busy([speaker], begins - timedelta(days=1), begins + timedelta(days=1))[speaker]
        assert [(b.starts_at, b.ends_at, b.note) for b in found] == [(begins, begins + timedelta(hours=1), "")]
        assert tasks.fetch_due(settings, server.fetcher()) == 0  # not due again for hours
        again = sa.update(BusySource).values(due_at=clock.now())
        with db.transaction() as session:
            session.execute(again)
        server.pages["/a.ics"] = (500, {}, b"", 0)
        assert tasks.fetch_due(settings, server.fetcher()) == 0
    db.session().rollback()
    source = queries.source(speaker)
    assert source is not None
    assert (source.last_error, source.found, rows()) == ("status", 1, 1)  # what was read before stays
    with db.transaction():
        services.disconnect_calendar(speaker, actor=factories.SYSTEM, now=clock.now())
    assert (queries.source(speaker), rows()) == (None, 0)


class Killing(Fetcher):
    """The worker does not outlive the reading."""

    def fetch(self, url: str) -> bytes:
        raise SystemExit


def test_a_calendar_that_kills_its_reader_is_not_the_first_in_line_again(app: Flask) -> None:
    speaker, settings = factories.person("Tri", Role.NARASUMBER).id, app.extensions["calakan.settings"]
    with db.transaction():
        services.connect_calendar(speaker, "https://calendar.test/a.ics", actor=factories.SYSTEM, now=clock.now())
    for killed in (1, 2):
        with pytest.raises(SystemExit):
            tasks.fetch_due(settings, Killing())
        db.session().rollback()
        source = queries.source(speaker)
        assert source is not None
        assert source.attempts == killed
        assert source.due_at - clock.now() > timedelta(seconds=background.USUAL_SECONDS) * killed
        assert tasks.fetch_due(settings, Killing()) == 0  # nobody else takes it up meanwhile
        with db.transaction() as session:
            session.execute(sa.update(BusySource).values(due_at=clock.now()))


def test_nobody_is_put_into_a_busy_time(app: Flask) -> None:
    speaker, start = factories.person("Tri", Role.NARASUMBER).id, clock.now() + timedelta(days=3)
    session_id = factories.live_session(factories.diklat(days=20).id, start, hours=2).id
    add(speaker, start + timedelta(hours=1), start + timedelta(hours=4))
    with pytest.raises(SpeakerClash):
        confirm(session_id, speaker)
    with db.transaction() as session:
        session.execute(sa.update(BusyTime).values(starts_at=start + timedelta(hours=2)))
    confirm(session_id, speaker)


def test_a_private_address_is_refused_when_typed(app: Flask) -> None:
    speaker = factories.person("Tri", Role.NARASUMBER).id
    with pytest.raises(CalendarAddressInvalid), db.transaction():
        services.connect_calendar(speaker, "https://192.168.1.1/a.ics", actor=factories.SYSTEM, now=clock.now())
    assert queries.source(speaker) is None


def test_the_pages_of_a_narasumber(app: Flask, client_of: Opener) -> None:
    speaker, teacher = factories.person("Tri", Role.NARASUMBER), factories.person("Guru")
    assert client_of(teacher.id).get("/relawan/jadwal/sibuk").status_code == 403
    browser = client_of(speaker.id)
    assert 'aria-pressed="true"' not in browser.get("/relawan/jadwal").get_data(as_text=True)
    answer = browser.post("/relawan/jadwal/sibuk/pekan", data={"petak": "2-sore", "dari": "jadwal"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/relawan/jadwal#pekan")
    assert browser.get("/relawan/jadwal").get_data(as_text=True).count('aria-pressed="true"') == 1
    for typed in ("", "9-pagi", "2-", "²-pagi", "x" * 500):
        assert browser.post("/relawan/jadwal/sibuk/pekan", data={"petak": typed}).status_code == 303
    assert rows() == 1
    bad = browser.post(
        "/relawan/jadwal/sibuk/tanggal", data={"starts_at": "2030-01-02T09:00", "ends_at": "2030-01-02T08:00"}
    )
    assert (bad.status_code, "Waktu selesai harus sesudah" in bad.get_data(as_text=True)) == (422, True)
    assert "2030-01-02T09:00" in bad.get_data(as_text=True)
    good = browser.post(
        "/relawan/jadwal/sibuk/tanggal",
        data={"starts_at": "2030-01-02T09:00", "ends_at": "2030-01-02T10:00", "note": "Rapat"},
    )
    assert good.status_code == 303
    assert "Rapat" in browser.get("/relawan/jadwal/sibuk").get_data(as_text=True)
    id = db.session().scalar(sa.select(BusyTime.id).where(BusyTime.note == "Rapat"))
    assert browser.post("/relawan/jadwal/sibuk/hapus", data={"id": id}).status_code == 303
    refused = browser.post("/relawan/jadwal/sibuk/kalender", data={"url": "https://127.0.0.1/a.ics"})
    assert (refused.status_code, "tidak berada di internet umum" in refused.get_data(as_text=True)) == (422, True)
    assert browser.post("/relawan/jadwal/sibuk/kalender", data={"url": "https://example.com/a.ics"}).status_code == 303
    assert "Sedang dibaca" in browser.get("/relawan/jadwal/sibuk").get_data(as_text=True)
    assert browser.post("/relawan/jadwal/sibuk/kalender/lepas").status_code == 303
