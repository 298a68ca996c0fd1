"""JP never exceed the scheduled minutes, at whatever door they are typed; called-off sessions take theirs along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from calakan.diklat import jp, queries
from calakan.diklat.errors import JpAboveMinutes, JpLengthFixed
from calakan.diklat.models import Diklat, Group, LiveSession
from calakan.diklat.services import details, programme, sessions, shares
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office.services import change_settings
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def nine(days: int) -> datetime:
    return clock.instant(clock.local(clock.now()).date() + timedelta(days=days), time(9))


def plan(minutes: int, *, days: int = 5, title: str = "Sesi", **values: Any) -> sessions.SessionPlan:
    begins = nine(days)
    return sessions.SessionPlan(title=title, starts_at=begins, ends_at=begins + timedelta(minutes=minutes), **values)


def add(diklat_id: int, minutes: int, **values: Any) -> int:
    with db.transaction():
        return sessions.add(diklat_id, plan(minutes, **values), actor=factories.SYSTEM, now=clock.now()).id


def row(diklat_id: int, jp: int, *, live: bool = True, title: str = "Materi") -> int:
    with db.transaction():
        return programme.add_row(
            diklat_id, title=title, group=Group.CORE, jp=jp, live=live, actor=factories.SYSTEM, now=clock.now()
        ).id


def set_jp(row_id: int, jp: int) -> None:
    with db.transaction():
        programme.change_row(
            row_id, title="Materi", note="", group=Group.CORE, jp=jp, live=True, actor=factories.SYSTEM, now=clock.now()
        )


def total(diklat_id: int) -> int:
    db.session().rollback()
    return db.session().get_one(Diklat, diklat_id).jp


def empty() -> int:
    """A draft without sessions."""
    with db.transaction():
        given = details.Details(title="Asesmen", summary="Ringkas.")
        return details.create(given, lead_id=None, actor=factories.SYSTEM, now=clock.now()).id


@pytest.mark.parametrize(
    ("minutes", "typed", "got"), [(45, None, 1), (89, None, 1), (90, 2, 2), (180, 3, 3), (135, None, 3)]
)
def test_a_session_carries_whole_jp_of_its_minutes(app: Flask, minutes: int, typed: int | None, got: int) -> None:
    id = empty()
    add(id, minutes, jp=typed)
    assert total(id) == got


@pytest.mark.parametrize(("minutes", "typed", "most"), [(30, 1, 0), (30, 20, 0), (89, 2, 1), (45, 5, 1), (4, 1, 0)])
def test_more_is_refused_with_the_figures(app: Flask, minutes: int, typed: int, most: int) -> None:
    id = empty()
    with pytest.raises(JpAboveMinutes) as refused:
        add(id, minutes, jp=typed)
    assert refused.value.facts == {"jp": typed, "minutes": minutes, "allowed": most, "per_jp": 45}
    assert total(id) == 0


def test_the_office_says_how_long_a_jp_is(app: Flask) -> None:
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), minutes_per_jp=60)
    id = empty()
    add(id, 150)
    assert total(id) == 2


def test_a_session_of_a_planned_row_adds_no_second_one_and_keeps_to_its_jp(app: Flask) -> None:
    id = empty()
    planned = row(id, 4)
    add(id, 270, row_id=planned)
    assert total(id) == 4
    assert len(queries.programme(id)) == 1


def test_sessions_of_one_row_are_rounded_once(app: Flask) -> None:
    """Two of 70 minutes are 140, and so three JP; one alone has but one."""
    id = empty()
    first = add(id, 70)
    row_id = db.session().get_one(LiveSession, first).row_id
    add(id, 70, row_id=row_id, days=6)
    assert (total(id), sorted(s.jp for s in queries.sessions_of(id))) == (3, [1, 2])
    with pytest.raises(JpAboveMinutes):
        set_jp(row_id, 4)
    set_jp(row_id, 1)
    assert (total(id), sorted(s.jp for s in queries.sessions_of(id))) == (1, [0, 1])
    set_jp(row_id, 3)
    with db.transaction():
        sessions.cancel(first, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    assert total(id) == 1


def test_sessions_shorter_than_one_jp_are_counted_together(app: Flask) -> None:
    """Five of half an hour are three JP, four of them two; whatever is typed for one is refused above that."""
    id = empty()
    ids = [add(id, 30)]
    row_id = db.session().get_one(LiveSession, ids[0]).row_id
    assert total(id) == 0
    ids += [add(id, 30, row_id=row_id, days=6 + n) for n in range(4)]
    assert (total(id), [s.jp for s in queries.sessions_of(id)]) == (3, [0, 1, 1, 0, 1])
    assert {s.weight for s in queries.sessions_of(id)} == {600}
    with pytest.raises(JpAboveMinutes) as refused:
        add(id, 30, row_id=row_id, jp=2, days=11)
    assert refused.value.facts == {"jp": 2, "minutes": 30, "allowed": 1, "per_jp": 45}
    for left, gone in ((2, ids[1]), (2, ids[4]), (1, ids[0]), (0, ids[2])):
        promised = shares.jp_without(db.session().get_one(LiveSession, gone))
        with db.transaction():
            sessions.cancel(gone, reason="sakit", actor=factories.SYSTEM, now=clock.now())
        assert total(id) == promised == left
        assert sum(s.jp for s in queries.sessions_of(id)) == left


def test_a_short_session_that_is_moved_keeps_what_it_adds(app: Flask) -> None:
    id = empty()
    first = add(id, 30)
    row_id = db.session().get_one(LiveSession, first).row_id
    add(id, 30, row_id=row_id, days=6)

    def move(minutes: int) -> int:
        with db.transaction():
            sessions.change(first, plan(minutes, days=8), actor=factories.SYSTEM, now=clock.now())
        return total(id)

    assert [move(minutes) for minutes in (30, 15, 10, 60)] == [1, 1, 0, 2]


def test_a_row_that_leaves_out_breaks_gives_each_session_its_share(app: Flask) -> None:
    id = empty()
    planned = row(id, 4)
    first = add(id, 270, row_id=planned)
    second = add(id, 90, row_id=planned, days=6)
    assert total(id) == 6
    taught = queries.sessions_of(id)
    assert jp.of_some(6, taught[:1], taught, 45) == 4
    assert jp.of_some(6, taught[1:], taught, 45) == 2
    assert [shares.jp_without(db.session().get_one(LiveSession, gone)) for gone in (first, second)] == [2, 4]


def test_the_form_of_a_row_without_a_whole_jp_asks_for_none(app: Flask, client_of: Opener) -> None:
    id = empty()
    session_id = add(id, 30)
    diklat = db.session().get_one(Diklat, id)
    row_id = db.session().get_one(LiveSession, session_id).row_id
    browser = client_of(factories.person("Rina", Role.PANITIA).id)
    path = f"/kelola/diklat/{diklat.slug}/program/1/ubah"
    typed = {"title": "Pembukaan", "note": "", "group": Group.CORE.value, "live": "y", "row": str(row_id), "jp": ""}
    assert browser.post(path, data=typed).status_code == 303
    assert [(r.title, r.jp) for r in queries.programme(id)] == [("Pembukaan", 0)]
    assert browser.post(path, data={**typed, "jp": "1"}).status_code == 422


def test_a_shorter_session_asks_for_fewer_jp(app: Flask) -> None:
    id = empty()
    session_id = add(id, 180)
    with pytest.raises(JpAboveMinutes), db.transaction():
        sessions.change(session_id, plan(90, jp=4), actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        sessions.change(session_id, plan(90), actor=factories.SYSTEM, now=clock.now())
    assert total(id) == 2


def test_a_row_whose_sessions_were_all_called_off_counts_no_more(app: Flask) -> None:
    id = empty()
    kept, off = add(id, 90, title="Tetap"), add(id, 180, title="Batal", days=6)
    assert total(id) == 6
    with db.transaction():
        sessions.cancel(off, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    assert total(id) == 2
    assert [r.title for r in queries.standing_programme(id)] == ["Tetap"]
    assert [r.title for r in queries.programme(id)] == ["Tetap", "Batal"]
    assert queries.counts(id) == (1, 1)
    assert kept


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(some.integers(1, 720), min_size=1, max_size=8), some.data())
def test_jp_are_shared_out_without_a_rest(minutes: list[int], data: some.DataObject) -> None:
    begins = datetime(2026, 1, 5, 2, tzinfo=clock.WIB)
    taught = [LiveSession(starts_at=begins, ends_at=begins + timedelta(minutes=m)) for m in minutes]
    most = jp.carried(jp.minutes_of(*taught), 45)
    wanted = data.draw(some.integers(0, most))
    shares = jp.shared_out(wanted, taught)
    assert sum(shares) == wanted
    assert min(shares) >= 0
    for session, share in zip(taught, shares, strict=True):
        session.jp = share
    chosen = data.draw(some.lists(some.booleans(), min_size=len(taught), max_size=len(taught)))
    part = [session for session, taken in zip(taught, chosen, strict=True) if taken]
    rest = [session for session, taken in zip(taught, chosen, strict=True) if not taken]
    got, other = (jp.of_some(wanted, some, taught, 45) for some in (part, rest))
    assert got <= jp.carried(jp.minutes_of(*part), 45)
    assert got + other <= most
    assert got <= wanted
    assert jp.of_some(wanted, taught, taught, 45) == wanted


def test_the_session_form_links_to_a_row_that_is_there(app: Flask, client_of: Opener) -> None:
    id = empty()
    row(id, 3)
    slug = db.session().get_one(Diklat, id).slug
    browser = client_of(factories.person("Rina", Role.PANITIA).id)
    path = f"/kelola/diklat/{slug}/sesi/baru"
    begins = nine(4).astimezone(clock.WIB)
    typed = {"title": "Pertemuan", "starts_at": f"{begins:%Y-%m-%dT%H:%M}", "needed": "1", "account": ""}
    late = {**typed, "ends_at": f"{begins + timedelta(minutes=30):%Y-%m-%dT%H:%M}", "jp": "20"}
    refused = browser.post(path, data=late)
    assert refused.status_code == 422
    assert "30 menit memuat paling banyak 0 JP" in refused.get_data(as_text=True)
    right = {**typed, "ends_at": f"{begins + timedelta(minutes=135):%Y-%m-%dT%H:%M}"}
    assert browser.post(path, data=right).status_code == 303
    assert total(id) == 3
    assert len(queries.programme(id)) == 1


@pytest.mark.parametrize(
    ("rows", "got"),
    [
        ([(70, None), (70, None)], [2, 1]),
        ([(40, None), (50, None)], [1, 1]),
        ([(75, None), (60, None)], [2, 1]),
        ([(60, None), (75, None), (30, None)], [1, 2, 0]),
        ([(44, None)], [0]),
        ([(75, 1), (60, None)], [1, 1]),
        ([(90, 1), (70, None), (20, None)], [1, 2, 0]),
        ([(60, 5), (70, None)], [1, 1]),
        ([], []),
    ],
)
def test_the_minutes_of_a_diklat_are_rounded_once(rows: list[tuple[int, int | None]], got: list[int]) -> None:
    assert jp.rounded(rows, 45) == got


@settings(max_examples=200, deadline=None)
@given(some.lists(some.tuples(some.integers(1, 400), some.none() | some.integers(0, 9)), max_size=8))
def test_rows_never_have_more_than_all_minutes_carry(rows: list[tuple[int, int | None]]) -> None:
    given = jp.rounded(rows, 45)
    free = sum(minutes for minutes, typed in rows if typed is None)
    assert sum(given) <= sum(minutes for minutes, _ in rows) // 45
    assert sum(g for g, (_, typed) in zip(given, rows, strict=True) if typed is None) == free // 45
    for jp_of_row, (minutes, typed) in zip(given, rows, strict=True):
        assert jp_of_row <= (-(-minutes // 45) if typed is None else min(typed, minutes // 45))


def jps(diklat_id: int) -> list[int]:
    db.session().rollback()
    return [row.jp for row in queries.standing_programme(diklat_id)]


def test_rests_of_several_rows_make_a_jp_and_go_with_the_session_that_brought_them(app: Flask) -> None:
    id = empty()
    add(id, 60, title="Satu")
    off = add(id, 75, title="Dua", days=6)
    assert (total(id), jps(id)) == (3, [1, 2])
    assert shares.jp_without(db.session().get_one(LiveSession, off)) == 1
    db.session().rollback()
    with db.transaction():
        sessions.cancel(off, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    assert (total(id), jps(id)) == (1, [1])


def test_what_was_typed_is_not_raised_by_the_rests_of_others(app: Flask) -> None:
    id = empty()
    first = add(id, 75, title="Dengan jeda", jp=1)
    add(id, 60, title="Dua", days=6)
    assert (total(id), jps(id)) == (2, [1, 1])
    with pytest.raises(JpAboveMinutes) as refused, db.transaction():
        sessions.change(first, plan(75, jp=3), actor=factories.SYSTEM, now=clock.now())
    assert refused.value.facts == {"jp": 3, "minutes": 75, "allowed": 1, "per_jp": 45}
    db.session().rollback()
    with db.transaction():
        sessions.change(first, plan(75), actor=factories.SYSTEM, now=clock.now())
    assert (total(id), jps(id)) == (3, [2, 1])


def test_what_is_typed_never_exceeds_the_minutes_of_its_own_row(app: Flask) -> None:
    """What several rows leave over makes a JP of the diklat; nobody may claim it for a row."""
    id = empty()
    first = add(id, 75, title="Satu")
    add(id, 60, title="Dua", days=6)
    rows = [row.id for row in queries.programme(id)]
    db.session().rollback()
    assert jps(id) == [2, 1]
    for row_id, minutes in zip(rows, (75, 60), strict=True):
        set_jp(row_id, 1)
        with pytest.raises(JpAboveMinutes) as refused:
            set_jp(row_id, 2)
        assert refused.value.facts == {"jp": 2, "minutes": minutes, "allowed": 1, "per_jp": 45}
        db.session().rollback()
    assert jps(id) == [1, 1]
    with pytest.raises(JpAboveMinutes), db.transaction():
        sessions.change(first, plan(75, jp=2), actor=factories.SYSTEM, now=clock.now())


def test_a_jp_that_rests_lend_stands_as_it_is_left_and_goes_when_they_go(app: Flask) -> None:
    id = empty()
    first = add(id, 75, title="Satu")
    other = add(id, 60, title="Dua", days=6)
    row_id = queries.programme(id)[0].id
    db.session().rollback()
    set_jp(row_id, 2)
    assert jps(id) == [2, 1]
    for minutes, expected in ((85, [2, 1]), (80, [2, 1]), (70, [1, 1]), (75, [1, 1])):
        lent = db.session().get_one(LiveSession, first).jp
        db.session().rollback()
        with db.transaction():
            sessions.change(first, plan(minutes, jp=lent), actor=factories.SYSTEM, now=clock.now())
        assert jps(id) == expected
    with db.transaction():
        sessions.change(first, plan(75), actor=factories.SYSTEM, now=clock.now())
    assert jps(id) == [2, 1]
    with db.transaction():
        sessions.cancel(other, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    assert (total(id), jps(id)) == (1, [1])


def test_of_equal_rests_the_earlier_row_has_the_jp_wherever_it_is_moved(app: Flask) -> None:
    id = empty()
    add(id, 70, title="Satu")
    add(id, 70, title="Dua", days=6)
    second = queries.programme(id)[1].id
    db.session().rollback()
    with db.transaction():
        programme.move_row(second, 1, actor=factories.SYSTEM, now=clock.now())
    assert [(row.title, row.jp) for row in queries.programme(id)] == [("Dua", 2), ("Satu", 1)]


def change_length(diklat_id: int, minutes: int | None) -> None:
    with db.transaction():
        given = details.Details(title="Asesmen", summary="Ringkas.", minutes_per_jp=minutes)
        details.change(diklat_id, given, actor=factories.SYSTEM, now=clock.now())


def test_a_diklat_keeps_the_minutes_of_a_jp_that_the_office_had_when_it_was_made(app: Flask) -> None:
    id = empty()
    add(id, 180)
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), minutes_per_jp=60)
    add(id, 180, days=6)
    change_length(id, None)
    assert (total(id), db.session().get_one(Diklat, id).minutes_per_jp) == (8, 45)
    assert db.session().get_one(Diklat, empty()).minutes_per_jp == 60


def test_the_minutes_of_a_jp_change_before_publishing_and_jp_follow(app: Flask) -> None:
    id = empty()
    add(id, 180)
    change_length(id, 60)
    assert (total(id), [s.jp for s in queries.sessions_of(id)]) == (3, [3])
    db.session().rollback()
    row_id = queries.programme(id)[0].id
    db.session().rollback()
    set_jp(row_id, 3)
    set_jp(row_id, 2)
    change_length(id, 45)
    assert total(id) == 2
    change_length(id, 60)
    set_jp(row_id, 3)
    change_length(id, 45)
    set_jp(row_id, 4)
    with pytest.raises(JpAboveMinutes) as refused:
        change_length(id, 60)
    assert refused.value.facts == {"jp": 4, "minutes": 180, "allowed": 3, "per_jp": 60}
    assert (total(id), db.session().get_one(Diklat, id).minutes_per_jp) == (4, 45)


def test_a_published_diklat_keeps_the_minutes_of_its_jp(app: Flask, client_of: Opener) -> None:
    course = factories.diklat("Asesmen", days=3)
    id, slug, jp_before = course.id, course.slug, course.jp
    with pytest.raises(JpLengthFixed):
        change_length(id, 60)
    change_length(id, 45)
    assert total(id) == jp_before
    browser = client_of(factories.person("Rina", Role.PANITIA).id)
    page = browser.get(f"/kelola/diklat/{slug}/ubah").get_data(as_text=True)
    assert "1 JP pada diklat ini 45 menit" in page
    assert 'name="minutes_per_jp"' not in page


def test_the_minutes_of_a_jp_are_typed_on_the_form_of_a_draft(app: Flask, client_of: Opener) -> None:
    id = empty()
    slug = db.session().get_one(Diklat, id).slug
    add(id, 180)
    browser = client_of(factories.person("Rina", Role.PANITIA).id)
    path = f"/kelola/diklat/{slug}/ubah"
    assert 'name="minutes_per_jp"' in browser.get(path).get_data(as_text=True)
    typed = {
        "title": "Asesmen", "summary": "Ringkas.", "kind": "diklat", "mode": "daring", "min_attendance_percent": "80",
        "presence_rule": "kode_menit", "presence_percent": "80", "jp_rule": "held", "minutes_per_jp": "60",
    }  # fmt: skip
    assert browser.post(path, data=typed).status_code == 303
    assert total(id) == 3
    assert "1 JP = 60 menit" in browser.get(f"/kelola/diklat/{slug}/program").get_data(as_text=True)
    assert browser.post(path, data={**typed, "minutes_per_jp": "20"}).status_code == 422
