"""The panitia's forms: who is in charge, long lists that are searched, the hours a new session starts with."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat.models import Diklat, LiveSession
from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.narasumber import queries as narasumber
from tests import factories

Opener = Callable[[int | None], FlaskClient]
DETAILS = {
    "title": "Numerasi",
    "summary": "Ringkas.",
    "kind": "diklat",
    "mode": "daring",
    "min_attendance_percent": "80",
}


def panitia(client_of: Opener) -> FlaskClient:
    return client_of(factories.person("Panitia", Role.PANITIA).id)


def only_diklat() -> Diklat:
    db.session().rollback()
    return db.session().scalars(sa.select(Diklat)).one()


def test_panitia_choose_who_is_in_charge_at_once(app: Flask, client_of: Opener) -> None:
    lead = factories.person("Retno", Role.NARASUMBER).id
    assert panitia(client_of).post("/kelola/diklat/baru", data={**DETAILS, "lead_id": lead}).status_code == 303
    assert only_diklat().lead_id == lead


def test_nobody_need_be_in_charge(app: Flask, client_of: Opener) -> None:
    assert panitia(client_of).post("/kelola/diklat/baru", data={**DETAILS, "lead_id": ""}).status_code == 303
    assert only_diklat().lead_id is None


def test_a_teacher_cannot_be_put_in_charge(app: Flask, client_of: Opener) -> None:
    teacher = factories.person("Guru").id
    answer = panitia(client_of).post("/kelola/diklat/baru", data={**DETAILS, "lead_id": teacher})
    assert answer.status_code == 422
    assert 'value="Numerasi"' in answer.get_data(as_text=True)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Diklat)) == 0


def test_a_narasumber_is_in_charge_of_what_he_creates_whatever_he_sends(app: Flask, client_of: Opener) -> None:
    me, other = factories.person("Retno", Role.NARASUMBER).id, factories.person("Tri", Role.NARASUMBER).id
    browser = client_of(me)
    assert "lead_id" not in browser.get("/kelola/diklat/baru").get_data(as_text=True)
    assert browser.post("/kelola/diklat/baru", data={**DETAILS, "lead_id": other}).status_code == 303
    assert only_diklat().lead_id == me


def offered(page: str, name: str) -> list[tuple[str, bool]]:
    """(value, ticked) of the boxes of this name, in order."""
    found = re.findall(rf'<input type="checkbox" name="{name}" value="([^"]*)"( checked)?>', page)
    return [(value, bool(ticked)) for value, ticked in found]


def test_a_long_list_is_searched_without_scripts_and_keeps_what_was_typed(app: Flask, client_of: Opener) -> None:
    people = [factories.person(f"Orang {n}", Role.NARASUMBER).id for n in range(10)]
    wanted = factories.person("Wulansari Utami", Role.NARASUMBER).id
    slug, browser = factories.diklat().slug, panitia(client_of)
    path = f"/kelola/diklat/{slug}/sesi/baru"
    assert len(offered(browser.get(path).get_data(as_text=True), "speakers")) == 11
    typed = {"title": "Diketik", "cari": "speakers", "speakers_cari": "WULAN", "speakers": people[3]}
    answer = browser.post(path, data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'value="Diketik"' in page
    assert offered(page, "speakers") == [(str(people[3]), True), (str(wanted), False)]
    assert len(offered(page, "moderators")) == 11
    assert db.session().scalar(sa.select(sa.func.count()).select_from(LiveSession)) == 1


@pytest.mark.parametrize("value", ["x", "999999", "", "1 OR 1=1", "9" * 40])
def test_a_person_who_is_not_in_the_list_is_refused(app: Flask, client_of: Opener, value: str) -> None:
    slug = factories.diklat().slug
    typed = {"title": "Sesi 2", "starts_at": "2099-01-05T13:00", "ends_at": "2099-01-05T15:00", "speakers": value}
    answer = panitia(client_of).post(f"/kelola/diklat/{slug}/sesi/baru", data=typed)
    assert answer.status_code == 422
    assert "Pilih dari daftar." in answer.get_data(as_text=True)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(LiveSession)) == 1


def test_a_clash_names_both_places_beside_the_list(app: Flask, client_of: Opener) -> None:
    speaker = factories.person("Retno Wulansari", Role.NARASUMBER).id
    slugs = [factories.diklat("Numerasi").slug, factories.diklat("Literasi").slug]
    browser = panitia(client_of)
    hours = {"starts_at": "2099-01-05T13:00", "ends_at": "2099-01-05T15:00", "speakers": speaker}
    paths = [f"/kelola/diklat/{slug}/sesi/baru" for slug in slugs]
    assert browser.post(paths[0], data={**hours, "title": "Pagi"}).status_code == 303
    answer = browser.post(paths[1], data={**hours, "title": "Siang"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    sentence = re.search(r'id="speakers-e">.*?</p>', page)
    assert sentence is not None
    assert "“Siang” (daring)" in sentence.group()
    assert "“Pagi (Numerasi)” (daring)" in sentence.group()
    assert offered(page, "speakers") == [(str(speaker), True)]


def first_values(page: str) -> list[str]:
    return re.findall(r'type="datetime-local" value="([^"]*)"', page)


def test_a_first_session_starts_in_a_week_after_school(app: Flask, client_of: Opener) -> None:
    browser = panitia(client_of)
    browser.post("/kelola/diklat/baru", data=DETAILS)
    with time_machine.travel(datetime(2026, 3, 2, 20, tzinfo=UTC), tick=False):  # the 3rd in Jakarta
        page = browser_page(client_of, f"/kelola/diklat/{only_diklat().slug}/sesi/baru")
    assert first_values(page) == ["2026-03-10T13:00", "2026-03-10T15:15"]


def browser_page(client_of: Opener, path: str) -> str:
    return panitia(client_of).get(path).get_data(as_text=True)


@pytest.mark.parametrize(("today", "expected"), [(2, "2026-03-17"), (20, "2026-03-24"), (24, "2026-03-31")])
def test_the_next_session_repeats_the_last_one_some_weeks_later(
    app: Flask, client_of: Opener, today: int, expected: str
) -> None:
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        course = factories.diklat()
        id, slug = course.id, course.slug
        session = factories.live_session(id, datetime(2026, 3, 10, 6, tzinfo=UTC), hours=2.5)
        with db.transaction() as writing:
            writing.get_one(LiveSession, session.id).room_url = "https://zoom.example/1"
    with time_machine.travel(datetime(2026, 3, today, 7, tzinfo=UTC), tick=False):
        page = browser_page(client_of, f"/kelola/diklat/{slug}/sesi/baru")
    assert first_values(page) == [f"{expected}T13:00", f"{expected}T15:30"]
    assert 'value="https://zoom.example/1"' in page


def test_levels_and_posts_are_kept_in_the_folded_lists(app: Flask, client_of: Opener) -> None:
    browser = panitia(client_of)
    chosen = {"levels": ["sd", "smp"], "posts": ["guru_kelas"]}
    assert browser.post("/kelola/diklat/baru", data={**DETAILS, **chosen}).status_code == 303
    made = only_diklat()
    assert (sorted(made.jenjang), [row.jabatan for row in made.posts]) == (["sd", "smp"], ["guru_kelas"])
    answer = browser.get(f"/kelola/diklat/{made.slug}/ubah")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert [value for value, ticked in offered(page, "levels") if ticked] == ["sd", "smp"]
    assert "SD, SMP" in page


def test_speakers_are_set_from_the_form(app: Flask, client_of: Opener) -> None:
    speaker, helper = factories.person("Retno", Role.NARASUMBER).id, factories.person("Tri", Role.NARASUMBER).id
    course = factories.diklat()
    id, slug = course.id, course.slug
    typed = {"title": "Dua", "starts_at": "2099-01-05T13:00", "ends_at": "2099-01-05T15:00"}
    people = {"speakers": speaker, "moderators": helper}
    assert panitia(client_of).post(f"/kelola/diklat/{slug}/sesi/baru", data={**typed, **people}).status_code == 303
    assert [(who, duty.value) for who, duty in narasumber.duties(id)] == [
        (speaker, "narasumber"),
        (helper, "moderator"),
    ]
