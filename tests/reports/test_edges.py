"""Where a rule of the reports ends: the last try, the first second of a day, one failure beside what goes well."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat.models import Diklat
from calakan.kernel import claims, clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.claims import WorkState
from calakan.people.models import Person
from calakan.reports import schedules, services, stages, statistics, tasks
from calakan.reports.documents import making
from calakan.reports.models import Export, ExportFormat, ExportKind
from calakan.reports.statistics import Hidden
from calakan.reports.terms import Filters
from tests import factories

KIND, FORMAT, SYSTEM = ExportKind, ExportFormat, factories.SYSTEM


@pytest.fixture
def staff(app: Flask) -> Actor:
    return factories.actor(factories.person("Panitia", Role.PANITIA))


def ask(actor: Actor) -> int:
    with db.transaction():
        return services.ask(KIND.HOURS, FORMAT.CSV, Filters(), by=[], actor=actor, now=clock.now()).id


@pytest.mark.parametrize(("tried", "state"), [(2, WorkState.PENDING), (1, WorkState.FAILED)])
def test_a_file_that_cannot_be_stored_is_tried_so_often_and_no_more(staff: Actor, tried: int, state: WorkState) -> None:
    id, now = ask(staff), clock.now()
    with db.transaction() as session:
        session.execute(sa.update(Export).values(attempts=claims.MOST_ATTEMPTS - tried))
        token, _ = claims.claim(Export, now=now, limit=1)
    tasks._again(id, token, "storage_full", most=claims.MOST_ATTEMPTS)
    found = db.session().get_one(Export, id, populate_existing=True)
    assert (found.state, found.attempts) == (state, claims.MOST_ATTEMPTS - tried + 1)
    assert found.due_at > now


def break_it(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(making, "write", fails)


def test_what_nobody_foresaw_is_tried_three_times_and_told(
    staff: Actor, app: Flask, client_of: Callable[[Actor], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file behind it is made meanwhile, and the one that failed stays to be looked at."""
    id, settings, begin = ask(staff), app.extensions["calakan.settings"], clock.now()
    write = making.write
    with monkeypatch.context() as broken:
        break_it(broken, ZeroDivisionError("kosong"))
        for number in range(1, tasks.MOST_UNFORESEEN + 1):
            with time_machine.travel(begin + timedelta(hours=number), tick=False):
                assert tasks.make_due(settings) == 1
                found = db.session().get_one(Export, id, populate_existing=True)
                over = number == tasks.MOST_UNFORESEEN
                state = WorkState.FAILED if over else WorkState.PENDING
                assert (found.state, found.attempts, found.last_error) == (state, number, "export_not_made")
                assert (found.finished_at is not None) is over
                page = client_of(staff).get("/kelola/ekspor").get_data(as_text=True)
                assert ("tidak berhasil dibuat walau" if over else "Belum berhasil dibuat") in page
    assert making.write is write
    with time_machine.travel(begin + timedelta(hours=9), tick=False):
        other = ask(staff)
        assert tasks.make_due(settings) == 1
    assert db.session().get_one(Export, other, populate_existing=True).state is WorkState.DONE
    assert db.session().get_one(Export, id, populate_existing=True).state is WorkState.FAILED


def test_a_database_that_was_away_is_no_try_of_a_file(
    staff: Actor, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = ask(staff)
    break_it(monkeypatch, sa.exc.OperationalError("SELECT", {}, Exception("away")))
    with pytest.raises(sa.exc.OperationalError):
        tasks.make_due(app.extensions["calakan.settings"])
    found = db.session().get_one(Export, id, populate_existing=True)
    assert (found.state, found.attempts) == (WorkState.CLAIMED, 0)


def test_a_diklat_counts_from_the_first_second_of_a_day_to_the_last(app: Flask) -> None:
    id, day = factories.diklat().id, date(2026, 6, 10)
    midnight, second = clock.start_of(day), timedelta(seconds=1)

    def counted(**filters: date) -> bool:
        wanted = sa.select(Diklat.id).where(stages.of_diklat(Filters(**filters)), Diklat.id == id)
        return db.session().scalar(wanted) is not None

    for starts, since, until in (
        (midnight, True, True),
        (midnight - second, False, True),
        (clock.end_of(day) - second, True, True),
        (clock.end_of(day), True, False),
    ):
        with db.transaction() as session:
            session.execute(sa.update(Diklat).values(starts_at=starts, ends_at=starts + timedelta(hours=1)))
        assert (counted(since=day), counted(until=day)) == (since, until)


def test_a_month_that_cannot_be_asked_for_holds_up_no_other_and_is_told(
    app: Flask, staff: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    settings, before = app.extensions["calakan.settings"], clock.now() - timedelta(days=70)
    other = factories.person("Lain", Role.PANITIA).id
    assert staff.person_id is not None
    with db.transaction():
        for person in (staff.person_id, other):
            schedules.add(person, KIND.HOURS, FORMAT.XLSX, actor=SYSTEM, now=before)
    for _ in range(5):
        ask(staff)
    assert tasks.send_monthly(settings) == 1
    assert "monthly report" in caplog.text
    wanted = sa.select(sa.func.count()).select_from(Export).where(Export.asked_by_id == other)
    assert db.session().scalar(wanted) == 1
    with db.transaction() as session:
        session.execute(sa.update(Export).values(state=WorkState.DONE))
        session.execute(sa.update(Person).where(Person.id == other).values(active=False))
    assert tasks.send_monthly(settings) == 1


def follows(hidden: list[tuple[int, Hidden]], smallest_shown: int) -> bool:
    """By trying all: whether a small value can only be the one it is, where the sum of all hidden ones is known."""
    least = statistics.FEWEST
    spans = [range(1, least) if why is Hidden.SMALL else range(least, smallest_shown + 1) for _, why in hidden]
    total = sum(value for value, _ in hidden)
    possible = [values for values in itertools.product(*spans) if sum(values) == total]
    small = [place for place, (_, why) in enumerate(hidden) if why is Hidden.SMALL]
    return any(len({values[place] for values in possible}) == 1 for place in small)


def test_a_hidden_value_follows_exactly_where_trying_all_finds_it() -> None:
    least = statistics.FEWEST
    small = [(value, Hidden.SMALL) for value in range(1, least)]
    for smallest_shown in (least, least + 1, least + 3):
        others = [(value, Hidden.COMPLEMENTARY) for value in range(least, smallest_shown + 1)]
        for first, second in itertools.product((1, 2), (0, 1, 2)):
            for hidden in itertools.product(*[small] * first, *[others] * second):
                expected = follows(list(hidden), smallest_shown)
                assert statistics._solvable(hidden, smallest_shown) is expected, (hidden, smallest_shown)


def test_a_file_that_is_asked_for_calls_a_worker(staff: Actor) -> None:
    with db.transaction() as session:
        services.ask(KIND.HOURS, FORMAT.CSV, Filters(), by=[], actor=staff, now=clock.now())
        assert services.QUEUE in session.info["rings"]


def test_reports_are_for_staff_alone_whatever_role_others_have(staff: Actor) -> None:
    factories.person("Narasumber", Role.NARASUMBER)
    assert [person.id for person in schedules.receivers()] == [staff.person_id]


def test_the_sweep_makes_what_a_dead_worker_had_begun(app: Flask, staff: Actor) -> None:
    settings, id = app.extensions["calakan.settings"], ask(staff)
    with db.transaction():
        claims.claim(Export, now=clock.now() - timedelta(days=1), limit=1)
    with db.transaction() as session:
        session.execute(sa.update(Export).values(state=WorkState.CLAIMED, lease_until=clock.now() - timedelta(hours=1)))
    assert tasks.make_due(settings) == 0
    assert tasks.sweep(settings) == 1
    assert db.session().get_one(Export, id, populate_existing=True).state is WorkState.DONE
