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
from calakan.diklat.errors import JpAboveMinutes
from calakan.diklat.models import Diklat, Group, LiveSession
from calakan.diklat.services import details, programme, sessions
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
        promised = programme.jp_without(db.session().get_one(LiveSession, gone))
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
    assert [programme.jp_without(db.session().get_one(LiveSession, gone)) for gone in (first, second)] == [2, 4]


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
