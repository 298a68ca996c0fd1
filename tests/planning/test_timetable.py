"""All sessions on one page: rows by a rule around what stands against it, changed in place, saved at once or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat import queries as diklat_queries
from calakan.diklat.errors import DiklatFinal, SessionTimesInvalid
from calakan.diklat.models import Diklat, Group, LiveSession
from calakan.diklat.services import programme, states
from calakan.diklat.services import sessions as live_sessions
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.narasumber import queries as narasumber
from calakan.narasumber import services as speaking
from calakan.narasumber.errors import AccountClash, SpeakerClash
from calakan.narasumber.models import Duty, MeetingAccount
from calakan.notifications.models import Message
from calakan.office import services as office
from calakan.office.models import Holiday
from calakan.planning import series, timetable
from calakan.planning.errors import SeriesInvalid, SessionChanged, SpeakerUnknown
from tests import factories

Opener = Callable[[int | None], FlaskClient]
NOW = datetime(2027, 3, 1, 8, tzinfo=clock.WIB)  # a Monday
PAGE = "/kelola/diklat/asesmen-formatif/sesi/susun"
RULE = {
    "title": "Pertemuan", "weekday": "1", "at": "13.00", "until": "15.15", "times": "3", "first": "2027-03-02",
    "skip_holidays": "y", "speakers": "Tri", "room_url": "https://ruang.example.org/1", "tahap": "pola",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _march() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def empty(*, publish: bool = False) -> int:
    """The id of a diklat with one session, on 4 March at nine; no day is a holiday."""
    id = factories.diklat(publish=publish).id
    with db.transaction() as session:
        session.execute(sa.delete(Holiday))
    return id


def line(day: int, hour: int = 13, **given: object) -> timetable.Line:
    begins = datetime(2027, 3, day, hour, tzinfo=clock.WIB)
    values: dict[str, Any] = {
        "title": f"Pertemuan {day}",
        "starts_at": begins,
        "ends_at": begins + timedelta(minutes=90),
        **given,
    }
    return timetable.Line(**values)


def standing(id: int) -> list[timetable.Line]:
    return timetable.lines(db.session().get_one(Diklat, id), now=clock.now())


def save(id: int, *wanted: timetable.Line) -> timetable.Saved:
    with db.transaction():
        return timetable.save(id, wanted, actor=factories.SYSTEM, now=clock.now())


def days(id: int) -> list[str]:
    return [f"{clock.local(s.starts_at):%d %H.%M} {s.title}" for s in diklat_queries.sessions_of(id)]


def changed(old: timetable.Line, **values: object) -> timetable.Line:
    return timetable.Line(**{**vars(old), **values})


def test_a_rule_goes_around_holidays_people_by_name_and_what_is_planned(app: Flask) -> None:
    id, tri = empty(), factories.person("Tri", Role.NARASUMBER).id
    other = factories.live_session(factories.diklat("Lain").id, datetime(2027, 3, 16, 12, tzinfo=clock.WIB))
    with db.transaction():
        office.add_holiday(date(2027, 3, 9), "Nyepi", yearly=False, actor=factories.SYSTEM, now=clock.now())
        live = db.session().get_one(LiveSession, other.id)
        speaking.confirm(live, tri, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())
    rule = series.Pattern(weekday=1, at=time(13), minutes=90, times=2, first=date(2027, 3, 2))
    begins = datetime(2027, 3, 2, 14, tzinfo=clock.WIB)
    planned = [(begins, begins + timedelta(hours=1), "sesi “Pembukaan”")]
    found = series.around(rule, {tri: "Tri, S.Pd."}, planned, now=clock.now())
    assert [clock.local(start).day for start, _ in found.times] == [23, 30]
    assert [(s.day.day, s.why) for s in found.skipped] == [
        (2, "sesi “Pembukaan”"),
        (9, "Nyepi"),
        (16, "Tri, S.Pd.: sesi “Sesi (Lain)”"),
    ]
    assert [clock.local(s).day for s, _ in series.around(rule, {}, [], now=clock.now()).times] == [2, 16]
    with pytest.raises(SeriesInvalid):
        series.around(series.Pattern(**{**vars(rule), "minutes": -30}), {}, [], now=clock.now())
    assert id


def test_rows_are_added_and_changed_at_once_and_what_stays_the_same_is_left_alone(app: Flask) -> None:
    id, tri = empty(), factories.person("Tri", Role.NARASUMBER).id
    first = standing(id)[0]
    assert save(id, first) == timetable.Saved(0, 0)
    assert save(id, first, line(9, speakers=(tri,)), line(16)) == timetable.Saved(2, 0)
    assert days(id) == ["04 09.00 Sesi 1", "09 13.00 Pertemuan 9", "16 13.00 Pertemuan 16"]
    one, two, three = standing(id)
    assert two.speakers == (tri,)
    moved = changed(two, starts_at=two.starts_at + timedelta(days=1), ends_at=two.ends_at + timedelta(days=1))
    assert save(id, one, moved, changed(three, speakers=(tri,), title="Praktik")) == timetable.Saved(0, 2)
    assert days(id) == ["04 09.00 Sesi 1", "10 13.00 Pertemuan 9", "16 13.00 Praktik"]
    assert [found.speakers for found in standing(id)] == [(), (tri,), (tri,)]


def test_what_a_row_does_not_show_stays(app: Flask) -> None:
    id, tri = empty(), factories.person("Tri", Role.NARASUMBER).id
    number = standing(id)[0].number
    live = diklat_queries.live_session("asesmen-formatif", number or 0)
    assert live is not None
    begins, session_id = live.starts_at, live.id
    with db.transaction():
        plan = live_sessions.SessionPlan(
            title="Sesi 1", starts_at=begins, ends_at=begins + timedelta(hours=3), room_note="Sandi 1",
            stream_url="https://siaran.example.org", room_capacity=100,
        )  # fmt: skip
        needs = speaking.Needs(speakers=3)
        speaking.reschedule(
            session_id, plan, [], moderator_ids=[tri], needs=needs, actor=factories.SYSTEM, now=clock.now()
        )
    save(id, changed(standing(id)[0], title="Pembukaan"))
    live = db.session().get_one(LiveSession, session_id)
    assert (live.title, live.room_note, live.stream_url, live.room_capacity) == (
        "Pembukaan", "Sandi 1", "https://siaran.example.org", 100,
    )  # fmt: skip
    assert narasumber.staffing(session_id).speakers == 3
    assert [(row.person_id, row.duty) for row in narasumber.confirmed_of([session_id])[session_id]] == [
        (tri, Duty.MODERATOR)
    ]


def test_a_clash_names_its_row_and_nothing_is_saved(app: Flask) -> None:
    id, tri = empty(), factories.person("Tri", Role.NARASUMBER).id
    with pytest.raises(SpeakerClash) as refused:
        save(id, line(9, speakers=(tri,)), line(9, 14, title="Kembar", speakers=(tri,)))
    assert (refused.value.facts["line"], refused.value.facts["name"]) == (1, "Tri")
    with db.transaction() as session:
        account = MeetingAccount(name="Zoom A", room_url="https://zoom.example.org/a")
        session.add(account)
        session.flush()
        account_id = account.id
    with pytest.raises(AccountClash) as taken:
        save(id, line(9, account_id=account_id), line(9, title="Kembar", account_id=account_id))
    assert taken.value.facts["line"] == 1
    with pytest.raises(SessionTimesInvalid) as late:
        save(id, line(9), line(1, 7))
    assert late.value.facts["line"] == 1
    assert days(id) == ["04 09.00 Sesi 1"]


def test_whoever_was_quicker_is_not_undone(app: Flask) -> None:
    id = empty()
    old = standing(id)[0]
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        save(id, changed(old, title="Pembukaan"))
    assert save(id, changed(standing(id)[0])) == timetable.Saved(0, 0)
    with pytest.raises(SessionChanged):
        save(id, changed(old, title="Penutup"))
    now = standing(id)[0]
    session_id = db.session().scalar(sa.select(LiveSession.id))
    with db.transaction():
        live_sessions.cancel(session_id or 0, reason="Libur", actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(SessionChanged):
        save(id, changed(now, title="Penutup"))


def test_rows_are_of_this_diklat_and_while_it_may_change(app: Flask) -> None:
    id = empty()
    with pytest.raises(NotFound):
        save(id, line(9, number=7))
    with db.transaction():
        states.cancel(id, reason="Tidak jadi", actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(DiklatFinal):
        save(id)


def test_names_mean_one_narasumber_or_nobody(app: Flask) -> None:
    tri = factories.person("Tri Handoko", Role.NARASUMBER, title_after="S.Pd.")
    ani, twin = factories.person("Ani", Role.NARASUMBER), factories.person("Ani", Role.NARASUMBER)
    people = [tri, ani, twin]
    assert timetable.named(" tri handoko; Tri Handoko, S.Pd. ", people) == (tri.id,)
    assert timetable.named("", people) == ()
    for text, many in (("Ani", True), ("Budi", False)):
        with pytest.raises(SpeakerUnknown) as refused:
            timetable.named(text, people)
        assert refused.value.facts == {"name": text, "many": many}


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of this page."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'\bname="([^"]*)"', tag), re.search(r'\bvalue="([^"]*)"', tag)
        if name and "checkbox" not in tag and name[1] != "csrf_token":
            found.setdefault(name[1], []).append(value[1] if value else "")
    return found


def test_by_the_rule_to_saved_rows_over_http(app: Flask, client_of: Opener) -> None:
    id = empty()
    factories.person("Tri", Role.NARASUMBER)
    with db.transaction():
        office.add_holiday(date(2027, 3, 9), "Nyepi", yearly=False, actor=factories.SYSTEM, now=clock.now())
        programme.add_row(
            id, title="Rubrik", group=Group.CORE, jp=2, live=True, actor=factories.SYSTEM, now=clock.now()
        )
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    typed = fields(staff.get(PAGE).get_data(as_text=True))
    assert typed["baris"] == ["0"]
    found = staff.post(PAGE, data={**typed, **RULE, "b0-title": "Diketik"}).get_data(as_text=True)
    assert "Sel, 9 Mar" in found
    assert "Nyepi" in found
    rows = fields(found)
    assert rows["baris"] == ["0", "1", "2", "3"]
    assert [rows[f"b{n}-title"][0] for n in range(4)] == ["Diketik", "Rubrik", "Pertemuan 3", "Pertemuan 4"]
    assert days(id) == ["04 09.00 Sesi 1"]
    sent = staff.post(PAGE, data={**rows, "b3-drop": "y"})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/kelola/diklat/asesmen-formatif/sesi")
    assert "2 sesi ditambahkan, 1 sesi diubah." in staff.get(sent.headers["Location"]).get_data(as_text=True)
    assert days(id) == ["02 13.00 Rubrik", "04 09.00 Diketik", "16 13.00 Pertemuan 3"]
    assert [row.title for row in diklat_queries.programme(id)] == ["Sesi 1", "Rubrik", "Pertemuan 3"]


def test_what_is_wrong_stands_beside_its_row_and_what_was_typed_stays(app: Flask, client_of: Opener) -> None:
    id = empty()
    factories.person("Tri", Role.NARASUMBER)
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    for name, value in (("times", "0"), ("until", "12.00"), ("first", "2027-02-30"), ("speakers", "Budi")):
        wrong = staff.post(PAGE, data={**RULE, "baris": "0", "b0-title": "Diketik", name: value})
        assert wrong.status_code == 422
        assert "Diketik" in wrong.get_data(as_text=True)
    rows = fields(staff.post(PAGE, data={**RULE, "times": "2"}).get_data(as_text=True))
    same = {**rows, "b1-day": rows["b0-day"], "b1-title": "Kembar"}
    for typed in (same, {**rows, "b1-speakers": "Budi"}, {**rows, "b1-ends": "09.00"}, {**rows, "b1-title": ""}):
        wrong = staff.post(PAGE, data=typed)
        assert wrong.status_code == 422
        assert "ruang.example.org/1" in wrong.get_data(as_text=True)
    assert "sudah bertugas di “Pertemuan 1" in staff.post(PAGE, data=same).get_data(as_text=True)
    assert days(id) == ["04 09.00 Sesi 1"]


def test_other_times_of_a_published_diklat_are_asked_about_first(app: Flask, client_of: Opener) -> None:
    id = empty(publish=True)
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    typed = {**fields(staff.get(PAGE).get_data(as_text=True)), "b0-day": "2027-03-05"}
    asked = staff.post(PAGE, data=typed).get_data(as_text=True)
    assert "Pindahkan 1 sesi?" in asked
    assert days(id) == ["04 09.00 Sesi 1"]
    agreed = fields(asked)
    again = staff.post(PAGE, data={**agreed, "b0-day": "2027-03-06"}).get_data(as_text=True)
    assert "Pindahkan 1 sesi?" in again  # another day than the one that was agreed to
    assert staff.post(PAGE, data=agreed).status_code == 303
    assert days(id) == ["05 09.00 Sesi 1"]
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Message)) == 0  # nobody was enrolled


def test_sessions_that_rows_cannot_hold_are_said_and_left(app: Flask, client_of: Opener) -> None:
    id = empty()
    factories.live_session(id, datetime(2027, 3, 8, 23, tzinfo=clock.WIB), title="Malam")
    factories.live_session(id, datetime(2027, 3, 1, 7, tzinfo=clock.WIB), title="Berjalan")
    assert [found.title for found in standing(id)] == ["Sesi 1"]
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    assert "2 sesi lain" in staff.get(PAGE).get_data(as_text=True)
