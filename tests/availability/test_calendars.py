"""Week and month views: what stands on which day, for whom, with how many statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient

from calakan.availability import agenda
from calakan.availability.agenda import Entry
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office import queries as office
from calakan.office import services as office_services
from calakan.office.models import Holiday
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def test_weeks_and_months_have_whole_weeks() -> None:
    november = agenda.span("bulan", date(2026, 11, 26))
    assert (november.first, november.last) == (date(2026, 10, 26), date(2026, 12, 6))
    assert (november.before, november.after) == (date(2026, 10, 1), date(2026, 12, 1))
    week = agenda.span("pekan", date(2026, 11, 26))
    assert (week.first, week.last, week.before, week.after) == (
        date(2026, 11, 23),
        date(2026, 11, 29),
        date(2026, 11, 16),
        date(2026, 11, 30),
    )


def test_an_entry_over_midnight_stands_on_both_days_and_one_that_ends_at_midnight_on_one() -> None:
    evening = datetime(2026, 11, 24, 15, tzinfo=UTC)  # 22.00 WIB
    over = Entry(evening, evening + timedelta(hours=4), "Lewat")
    until = Entry(evening, evening + timedelta(hours=2), "Sampai")
    week = agenda.weeks(agenda.span("pekan", date(2026, 11, 24)), [over, until])[0]
    assert [[e.title for e in day.entries] for day in week] == [[], ["Lewat", "Sampai"], ["Lewat"], [], [], [], []]


def test_who_sees_what(app: Flask, client_of: Opener) -> None:
    shown = factories.diklat("Terbit")
    draft = factories.diklat("Rahasia", publish=False)
    staff, speaker = factories.person("Panitia", Role.PANITIA), factories.person("Tri", Role.NARASUMBER)
    assert shown.id != draft.id
    day = clock.local(clock.now() + timedelta(days=3)).date()
    for view in ("pekan", "bulan"):
        address = f"?tampilan={view}&hari={day}"
        public = client_of(None).get(f"/kalender{address}").get_data(as_text=True)
        assert ("Terbit" in public, "Rahasia" in public) == (True, False)
        panitia = client_of(staff.id).get(f"/kelola/kalender{address}").get_data(as_text=True)
        assert ("Terbit" in panitia, "Rahasia" in panitia, "Belum ada narasumber" in panitia) == (True, True, True)
        own = client_of(speaker.id).get(f"/relawan/kalender{address}").get_data(as_text=True)
        assert "Terbit" not in own
    assert client_of(speaker.id).get("/kelola/kalender").status_code == 403


def test_strange_days_show_this_month(app: Flask, client: FlaskClient) -> None:
    for typed in ("", "x", "9999-99-99", "0001-01-01", "2026-02-30", "٢٠٢٦-01-01", "2026-01-01T00:00:00"):
        assert client.get("/kalender", query_string={"hari": typed, "tampilan": "pekan"}).status_code == 200


def test_a_month_asks_the_same_number_of_questions_for_few_and_for_many(app: Flask, client_of: Opener) -> None:
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)

    def questions(path: str) -> int:
        count = 0

        def note(*args: object) -> None:
            nonlocal count
            count += 1

        sa.event.listen(db.engine(), "before_cursor_execute", note)
        db.db.session.remove()
        g.pop("lists", None)
        try:
            assert staff.get(path).status_code == 200
        finally:
            sa.event.remove(db.engine(), "before_cursor_execute", note)
        return count

    course = factories.diklat("Satu").id
    day = clock.local(clock.now() + timedelta(days=3)).date()
    paths = [f"{path}?hari={day}" for path in ("/kalender", "/kelola/kalender")]
    few = [questions(path) for path in paths]
    for n in range(20):
        factories.live_session(course, clock.now() + timedelta(days=3, hours=n))
        factories.diklat(f"Diklat {n}")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(LiveSession)) == 41
    assert [questions(path) for path in paths] == few


def test_holidays_return_yearly_or_stand_once(app: Flask, client_of: Opener) -> None:
    now = clock.now()
    with db.transaction() as session:
        session.execute(sa.delete(Holiday))
        office_services.add_holiday(date(2000, 8, 17), "Kemerdekaan", yearly=True, actor=factories.SYSTEM, now=now)
        office_services.add_holiday(date(2027, 3, 9), "Nyepi", yearly=False, actor=factories.SYSTEM, now=now)
    assert office.holidays(date(2027, 1, 1), date(2028, 12, 31)) == {
        date(2027, 3, 9): "Nyepi",
        date(2027, 8, 17): "Kemerdekaan",
        date(2028, 8, 17): "Kemerdekaan",
    }
    admin = client_of(factories.person("Admin", Role.ADMIN).id)
    for typed, status in (
        ({"day": "2027-08-17", "name": "Lagi"}, 422),
        ({"day": "2027-02-30", "name": "Tidak ada"}, 422),
        ({"day": "", "name": ""}, 422),
        ({"day": "2027-03-20", "name": "Idulfitri"}, 303),
    ):
        assert admin.post("/kelola/pengaturan/libur", data=typed).status_code == status
    assert [row.name for row in office.holiday_rows()] == ["Kemerdekaan", "Nyepi", "Idulfitri"]
    id = office.holiday_rows()[-1].id
    assert admin.post("/kelola/pengaturan/libur/hapus", data={"id": id}).status_code == 303
    assert [row.name for row in office.holiday_rows()] == ["Kemerdekaan", "Nyepi"]
    assert client_of(None).get("/kalender?hari=2027-03-09").get_data(as_text=True).count("Nyepi") == 1
