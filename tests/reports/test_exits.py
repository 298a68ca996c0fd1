"""Each way out of asking for files and monthly reports; shares, orders and hidden cells to the last one."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.audit.models import AuditEntry
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError, NotFound
from calakan.notifications.models import Message
from calakan.people.models import Jenjang, Kecamatan, Person, School
from calakan.reports import (
    costs,
    coverage,
    headcounts,
    labels,
    pivot,
    queries,
    rules,
    schedules,
    services,
    standing,
    statistics,
    tasks,
)
from calakan.reports.errors import (
    AlreadyScheduled,
    DiklatNeeded,
    ExportOver,
    FormatNotOffered,
    HeadcountsWrong,
    KindNotAllowed,
    TooManyExports,
)
from calakan.reports.models import Export, ExportFormat, ExportKind, HeadcountSource, ProgrammeCost, ReportSchedule
from calakan.reports.shelf import Shelf
from calakan.reports.statistics import Hidden
from calakan.reports.terms import Count, Dimension, Filters, Key, Report, Row, Stage
from tests import factories

SYSTEM = factories.SYSTEM
SECOND = timedelta(seconds=1)
KIND, FORMAT = ExportKind, ExportFormat


def act(work: Callable[..., object], *args: object, **options: Any) -> object:
    with db.transaction():
        return work(*args, **{"actor": SYSTEM, "now": clock.now(), **options})


def acts() -> list[str]:
    db.session().rollback()
    wanted = sa.select(AuditEntry.act).where(AuditEntry.act.like("reports.%")).order_by(AuditEntry.id)
    return list(db.session().scalars(wanted))


def refused(error: type[DomainError], work: Callable[..., object], *args: object, **options: Any) -> DomainError:
    before = acts()
    with pytest.raises(error) as found:
        act(work, *args, **options)
    assert acts() == before
    return found.value


@pytest.fixture
def staff(app: Flask) -> Actor:
    return factories.actor(factories.person("Panitia", Role.PANITIA))


def ask(actor: Actor, kind: ExportKind = KIND.PARTICIPATION, format: ExportFormat = FORMAT.CSV, **filters: Any) -> int:
    made = act(services.ask, kind, format, Filters(**filters), by=[Dimension.JENJANG], actor=actor)
    assert isinstance(made, Export)
    return made.id


def row(id: int) -> Export:
    db.session().rollback()
    return db.session().get_one(Export, id)


def become(id: int, **values: Any) -> None:
    with db.transaction() as session:
        session.execute(sa.update(Export).where(Export.id == id).values(**values))


def test_what_may_be_asked_for(staff: Actor) -> None:
    given = {"by": [], "actor": staff}
    refused(KindNotAllowed, services.ask, KIND.PARTICIPATION, FORMAT.CSV, Filters(), by=[])
    refused(DiklatNeeded, services.ask, KIND.ATTENDANCE, FORMAT.PDF, Filters(), **given)
    refused(FormatNotOffered, services.ask, KIND.EVIDENCE, FORMAT.CSV, Filters(), **given)
    assert ask(staff, KIND.ATTENDANCE, FORMAT.PDF, diklat="x")
    assert ask(staff, KIND.EVIDENCE, FORMAT.XLSX)
    assert acts() == ["reports.ask_export"] * 2


def test_five_files_wait_at_once_and_each_counts_his_own(staff: Actor) -> None:
    other = factories.actor(factories.person("Lain", Role.PANITIA))
    ids = [ask(staff) for _ in range(5)]
    become(ids[0], state=WorkState.CLAIMED)
    assert refused(TooManyExports, services.ask, KIND.HOURS, FORMAT.CSV, Filters(), by=[], actor=staff).facts == {
        "most": 5
    }
    ask(other)
    assert [len(queries_of(actor)) for actor in (staff, other)] == [5, 1]
    for state in (WorkState.DONE, WorkState.FAILED, WorkState.DROPPED):
        become(ids[1], state=state)
        ids[1] = ask(staff)
    admin = factories.actor(factories.person("Admin", Role.ADMIN))
    shown = db.session().scalars(standing.asked_for(admin)).all()
    assert [export.id for export in shown] == sorted((export.id for export in shown), reverse=True)
    assert len(shown) == 9
    found = row(ids[0])
    assert standing.export_by_code(found.code) is found
    assert [standing.export_by_code(code) for code in ("x", found.code + "x")] == [None, None]


def queries_of(actor: Actor) -> list[int]:
    db.session().rollback()
    return [export.id for export in standing.at_work(actor)]


def test_filters_are_read_back_as_they_were_given() -> None:
    day = date(2026, 6, 1)
    for given in (
        Filters(), Filters(since=day, until=day, diklat="x", kecamatan="y", stage=Stage.PASSED, count=Count.PESERTA),
    ):  # fmt: skip
        assert services.filters_of(services.facts_of(given, [Dimension.SEX])) == given


def test_a_file_is_stopped_while_it_waits_or_is_made(staff: Actor) -> None:
    waits, works, done, other = (ask(staff) for _ in range(4))
    become(works, state=WorkState.CLAIMED)
    become(done, state=WorkState.DONE)
    refused(NotFound, services.stop, 999)
    refused(ExportOver, services.stop, done)
    for id in (waits, works):
        act(services.stop, id)
    assert [(row(id).state, row(id).stop) for id in (waits, works, other)] == [
        (WorkState.DROPPED, False), (WorkState.CLAIMED, True), (WorkState.PENDING, False),
    ]  # fmt: skip
    refused(ExportOver, services.stop, waits)
    assert acts()[4:] == ["reports.stop_export"] * 2


def test_a_file_goes_when_it_is_removed_or_its_time_is_over(staff: Actor) -> None:
    now = clock.now()
    ready, over, waits, gone = (ask(staff) for _ in range(4))
    for id in (ready, over, gone):
        become(id, state=WorkState.DONE, expires_at=now)
    become(ready, expires_at=now + SECOND)
    become(waits, expires_at=now)
    become(gone, removed_at=now - SECOND)
    refused(NotFound, services.remove, 999)
    refused(ExportOver, services.remove, waits)
    refused(ExportOver, services.remove, gone)
    with db.transaction():
        assert [services.expire(now=at) for at in (now - SECOND, now, now)] == [0, 1, 0]
    assert [row(id).removed_at for id in (ready, over, waits, gone)] == [None, now, None, now - SECOND]
    act(services.note_download, ready)
    act(services.remove, ready, now=now)
    refused(ExportOver, services.remove, ready)
    assert row(ready).removed_at == now
    assert acts()[4:] == ["reports.download", "reports.remove_export"]


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (Role.PANITIA, set(ExportKind)), (Role.PIMPINAN, {KIND.EVIDENCE, KIND.PARTICIPATION}), (Role.PESERTA, set()),
    ],
)  # fmt: skip
def test_who_may_ask_for_what(role: Role, kinds: set[ExportKind]) -> None:
    actor = Actor(person_id=1, name="x", roles=frozenset({role}))
    assert {kind for kind in ExportKind if rules.may_ask(actor, kind)} == kinds
    scoped = Actor(person_id=1, name="x", school_ids=frozenset({1}))
    assert {kind for kind in ExportKind if rules.may_ask(scoped, kind)} == {KIND.PARTICIPATION, KIND.TRANSCRIPTS}
    own, theirs = (Export(asked_by_id=id, kind=KIND.PARTICIPATION) for id in (1, 2))
    assert (rules.may_fetch(actor, own), rules.may_fetch(actor, theirs)) == (bool(kinds), False)
    admin = Actor(person_id=3, name="x", roles=frozenset({Role.ADMIN}))
    assert rules.may_fetch(admin, theirs)
    nobody = Actor(person_id=None, name="x", roles=frozenset({Role.PANITIA}))
    assert not rules.may_fetch(nobody, Export(asked_by_id=None, kind=KIND.PARTICIPATION))


def test_a_schedule_is_for_who_may_and_once(staff: Actor) -> None:
    id, teacher = staff.person_id, factories.person("Guru").id
    assert id is not None
    refused(NotFound, schedules.add, 999, KIND.EVIDENCE, FORMAT.PDF)
    for kind, format in ((KIND.REGISTER, FORMAT.PDF), (KIND.EVIDENCE, FORMAT.CSV)):
        refused(KindNotAllowed, schedules.add, id, kind, format)
    refused(KindNotAllowed, schedules.add, teacher, KIND.EVIDENCE, FORMAT.PDF)
    act(schedules.add, id, KIND.EVIDENCE, FORMAT.PDF)
    refused(AlreadyScheduled, schedules.add, id, KIND.EVIDENCE, FORMAT.PDF)
    act(schedules.add, id, KIND.EVIDENCE, FORMAT.XLSX)
    act(schedules.add, id, KIND.HOURS, FORMAT.PDF)
    found = schedules.all_schedules()
    assert [(row.kind, row.format) for row in found] == [
        (KIND.EVIDENCE, FORMAT.PDF), (KIND.EVIDENCE, FORMAT.XLSX), (KIND.HOURS, FORMAT.PDF),
    ]  # fmt: skip
    first = found[0].id
    refused(NotFound, schedules.remove, 999)
    act(schedules.remove, first)
    assert len(schedules.all_schedules()) == 2
    assert acts() == ["reports.schedule"] * 3 + ["reports.unschedule"]
    assert [person.id for person in schedules.receivers()] == [id]
    with db.transaction() as session:
        session.get_one(Person, id).active = False
    assert schedules.receivers() == []


def test_a_month_is_asked_for_once_it_is_over(staff: Actor) -> None:
    id = staff.person_id
    assert id is not None
    made = act(schedules.add, id, KIND.EVIDENCE, FORMAT.PDF, now=clock.instant(date(2026, 3, 31), clock.now().time()))
    assert isinstance(made, ReportSchedule)
    number = made.id
    assert made.last_month == "2026-02"
    assert [list(schedules.due(today=day)) for day in (date(2026, 3, 31), date(2026, 4, 1))] == [[], [number]]
    with db.transaction():
        asked = [schedules.ask_for(number, today=date(2026, 4, 30), now=clock.now()) for _ in range(2)]
        assert asked == [True, False]
    [export] = db.session().scalars(sa.select(Export))
    assert (export.facts["since"], export.facts["until"], export.facts["mail"]) == ("2026-03-01", "2026-03-31", True)
    assert schedules.due(today=date(2026, 4, 30)) == []
    for day, values in ((date(2026, 6, 1), {"active": False}), (date(2026, 7, 1), {"active": True})):
        with db.transaction() as session:
            session.execute(sa.update(Person).where(Person.id == id).values(**values))
            if values["active"]:
                session.execute(sa.text("DELETE FROM person_role"))
        with db.transaction():
            assert schedules.ask_for(number, today=day, now=clock.now()) is False
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Export)) == 1


def test_who_wanted_a_mail_is_told(staff: Actor) -> None:
    plain = ask(staff)
    made = act(services.ask, KIND.HOURS, FORMAT.CSV, Filters(), by=[], actor=staff, mail=True)
    assert isinstance(made, Export)
    told = made.id
    with db.transaction():
        for id in (plain, told, told):
            schedules.tell(id, now=clock.now())
    found = db.session().execute(sa.select(Message.kind, Message.person_id, Message.subject_id)).all()
    assert found == [("reports.file_ready", staff.person_id, told)]


def test_the_beat_asks_for_a_month_and_makes_its_file(app: Flask, staff: Actor) -> None:
    settings = app.extensions["calakan.settings"]
    id = staff.person_id
    assert id is not None
    now = clock.now()
    act(schedules.add, id, KIND.HOURS, FORMAT.XLSX, now=now - timedelta(days=70))
    assert [tasks.send_monthly(settings) for _ in range(2)] == [1, 0]
    assert [tasks.sweep(settings) for _ in range(2)] == [1, 0]
    [export] = db.session().scalars(sa.select(Export))
    assert (export.state, tasks.shelf(settings).path(export.code).exists()) == (WorkState.DONE, True)
    assert tasks.forget(settings) == 0
    become(export.id, expires_at=now)
    assert [tasks.forget(settings) for _ in range(2)] == [1, 0]


def test_a_shelf_holds_whole_files(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "a" / "b")
    for _ in range(2):
        with shelf.draft("kode", "t") as draft:
            draft.write_bytes(b"isi")
            kept = shelf.keep(draft, "kode")
    assert (kept.size, shelf.path("kode").read_bytes()) == (3, b"isi")
    with shelf.draft("lain", "t") as draft:
        draft.write_bytes(b"x")
    assert [path.name for path in shelf.root.iterdir()] == ["kode"]
    (shelf.root / ".draft-x").write_bytes(b"x")
    at = clock.now().replace(microsecond=0)
    os.utime(shelf.root / ".draft-x", (at.timestamp(), at.timestamp()))
    assert [shelf.clear_drafts(before=moment) for moment in (at, at + SECOND, at + SECOND)] == [0, 1, 0]
    for _ in range(2):
        shelf.remove("kode")
    assert not shelf.path("kode").exists()


@pytest.mark.parametrize(
    ("values", "hidden"),
    [
        ([], {}), ([0, 5, 9], {}), ([4, 20, 30], {0: Hidden.SMALL, 1: Hidden.COMPLEMENTARY}),
        ([5, 5], {}), ([1, 0], {0: Hidden.SMALL}),
    ],
)  # fmt: skip
def test_what_is_hidden(values: list[int], hidden: dict[int, Hidden]) -> None:
    assert statistics.suppressed(values) == hidden


def test_only_public_dimensions_have_a_public_table(app: Flask) -> None:
    today = clock.today()
    for dimension in Dimension:
        if dimension in statistics.DIMENSIONS:
            found = statistics.table(dimension, today=today)
            assert (found.people, found.participations, found.cells) == (0, 0, [])
            assert found.until == today - timedelta(days=1)
        else:
            with pytest.raises(ValueError, match=dimension):
                statistics.table(dimension, today=today)


def report(
    by: list[Dimension], cells: dict[tuple[str, ...], tuple[int, int]], count: Count = Count.KEPESERTAAN
) -> Report:
    rows = [Row(tuple(Key(code, code) for code in codes), *numbers) for codes, numbers in cells.items()]
    return Report(rows, 0, 0, by, Filters(count=count))


def test_rows_in_the_order_one_asks_for() -> None:
    by = [Dimension.SEX, Dimension.JENJANG]
    found = report(by, {("P", "smp"): (3, 1), ("L", "sd"): (1, 2), ("", "paud"): (2, 3)})

    def order(wanted: str) -> list[str]:
        return [row.keys[1].code for row in pivot.ordered(found, wanted)]

    assert (order(""), order("x"), order("3"), order("0")) == (["smp", "sd", "paud"],) * 4
    assert (order("kepesertaan"), order("-kepesertaan")) == (["sd", "paud", "smp"], ["smp", "paud", "sd"])
    assert (order("peserta"), order("2"), order("-2")) == (
        ["smp", "sd", "paud"], ["paud", "sd", "smp"], ["smp", "sd", "paud"],
    )  # fmt: skip
    assert order("1") == ["sd", "smp", "paud"]  # what is missing stands last


@pytest.mark.parametrize(
    ("by", "count", "adds"),
    [
        ([Dimension.SEX], Count.PESERTA, True), ([Dimension.SEX], Count.KEPESERTAAN, True),
        ([Dimension.DIKLAT], Count.PESERTA, False), ([Dimension.DIKLAT], Count.KEPESERTAAN, True),
        ([Dimension.SEX, Dimension.TOPIC], Count.KEPESERTAAN, False),
    ],
)  # fmt: skip
def test_whether_rows_add_up(by: list[Dimension], count: Count, adds: bool) -> None:
    assert pivot.adds_up(report(by, {}), count) is adds


def test_names_and_order_of_values(app: Flask) -> None:
    quarter, month, year = (labels.naming(d) for d in (Dimension.QUARTER, Dimension.MONTH, Dimension.YEAR))
    assert [quarter(20260 + n).code for n in (1, 2, 3, 4)] == ["2026-T1", "2026-T2", "2026-T3", "2026-T4"]
    assert [part in quarter(20264).label for part in ("IV", "2026")] == [True, True]
    assert (month(202604).code, year(2026).code, month(None).code) == ("2026-04", "2026", "")
    level = labels.naming(Dimension.JENJANG)
    assert [level(code).label for code in ("sd", "", "lain")] == ["SD", labels.missing(Dimension.JENJANG), "lain"]
    keys = [Key("smp", "SMP"), Key("", "-"), Key("paud", "PAUD")]
    ordered = sorted(keys, key=lambda key: labels.order(Dimension.JENJANG, key))
    assert [key.code for key in ordered] == ["paud", "smp", ""]
    keys = [Key("b", "Beta"), Key("a", "alfa"), Key("", "A")]
    assert [key.code for key in sorted(keys, key=lambda key: labels.order(Dimension.SCHOOL, key))] == ["a", "b", ""]
    school = db.session().scalars(sa.select(School).order_by(School.id)).first()
    assert school is not None
    assert labels.naming(Dimension.SCHOOL)(school.id) == Key(school.npsn, school.name)
    assert labels.missing(Dimension.SCHOOL) != labels.missing(Dimension.SEX)


def test_costs_have_one_sum_a_year(app: Flask) -> None:
    for year, rupiah in ((2025, 5), (2026, 7), (2025, 9)):
        act(costs.save, year, rupiah, note=" x ")
    assert [(row.year, row.rupiah, row.note) for row in costs.costs()] == [(2026, 7, "x"), (2025, 9, "x")]
    facts = db.session().scalars(sa.select(AuditEntry.facts).order_by(AuditEntry.id)).all()
    assert [row["was"] for row in facts] == [None, None, 5]
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ProgrammeCost)) == 2


def read(text: str, as_of: date = date(2026, 1, 1)) -> object:
    return act(headcounts.import_headcounts, text.encode(), name=" Daftar ", as_of=as_of)


def test_a_list_of_people_is_taken_whole_or_not_at_all(app: Flask) -> None:
    found = db.session().scalars(sa.select(School).order_by(School.id).limit(2)).all()
    (one, first), (two, second) = ((school.npsn, school.id) for school in found)
    assert read(f"npsn;jumlah;jabatan\n{one};1.000;\n{one};2;guru_kelas\n{two};0;\n") == 3
    source = headcounts.newest()
    assert source is not None
    assert (source.name, headcounts.by_school(source.id)) == ("Daftar", {first: 1002, second: 0})
    older = read(f"npsn;jumlah\n{one};5\n", date(2025, 1, 1))
    assert (older, headcounts.newest()) == (1, source)
    assert read(f"npsn;jumlah\n{one};6\n") == 1
    latest = headcounts.newest()
    assert latest is not None
    assert (latest.id > source.id, headcounts.by_school(latest.id)) == (True, {first: 6})
    wrong = f"npsn;jumlah;jabatan\n{one};1;\n{one};2;\nx;1;\n{two};1001;\n{two};-1;\n{two};1;kaisar\n"
    facts = refused(
        HeadcountsWrong, headcounts.import_headcounts, wrong.encode(), name="x", as_of=date(2026, 2, 1)
    ).facts
    assert [line for line, _ in facts["lines"]] == [3, 4, 5, 6, 7]
    assert [what for _, what in facts["lines"]][1:] == ["npsn", "jumlah", "jumlah", "jabatan"]
    assert db.session().scalar(sa.select(sa.func.count()).select_from(HeadcountSource)) == 3


def test_shares_of_schools_and_places(app: Flask) -> None:
    found = (
        db.session().scalars(sa.select(School).where(School.jenjang == Jenjang.SD).order_by(School.id).limit(2)).all()
    )
    (one, first, place), (two, second, _) = ((row.npsn, row.id, row.kecamatan_code) for row in found)
    course = factories.diklat("Satu").id
    joined, known = factories.person("Ani", school_id=first).id, factories.person("Budi", school_id=second).id
    factories.person("Cici", school_id=second)
    factories.enrol(course, [joined])
    closed = factories.person("Tutup", school_id=second).id
    with db.transaction() as session:
        session.get_one(Person, closed).active = False
    reach = coverage.coverage(Filters(), visible_to=SYSTEM_STAFF)
    schools = {row.code: row for row in reach.schools}
    assert [(schools[npsn].target, schools[npsn].reached, schools[npsn].given) for npsn in (one, two)] == [
        (1, 1, 0), (2, 0, 0),
    ]  # fmt: skip
    assert (reach.whole.target, reach.whole.reached, reach.whole.given) == (3, 1, 0)
    assert next(row.code for row in coverage.unreached(reach)) == two
    assert sum(row.schools for row in reach.places) == len(reach.schools) == reach.whole.schools
    assert [row.name for row in reach.places] == sorted(row.name for row in reach.places)
    read(f"npsn;jumlah\n{one};4\n")
    again = coverage.coverage(Filters(kecamatan=place), visible_to=SYSTEM_STAFF, jenjang=Jenjang.SD)
    mine = next(row for row in again.schools if row.code == one)
    assert (mine.target, mine.given, mine.percent) == (4, 1, 25)
    assert {(row.kecamatan_code, row.jenjang) for row in again.schools} == {(place, Jenjang.SD)}
    assert [row.code for row in again.places] == [place]
    scoped = Actor(person_id=known, name="x", school_ids=frozenset({second}))
    assert [row.code for row in coverage.coverage(Filters(), visible_to=scoped).schools] == [two]
    district = Actor(person_id=known, name="x", kecamatan_codes=frozenset({place}))
    inside = coverage.coverage(Filters(), visible_to=district).schools
    assert {row.kecamatan_code for row in inside} == {place}
    head = Actor(person_id=known, name="x", roles=frozenset({Role.PIMPINAN}))
    assert len(coverage.coverage(Filters(), visible_to=head).schools) == len(reach.schools)
    assert db.session().get_one(Kecamatan, place).name == again.places[0].name


SYSTEM_STAFF = Actor(person_id=None, name="x", roles=frozenset({Role.PANITIA}))


@pytest.mark.parametrize(("reached", "target", "percent"), [(1, 3, 33), (9, 3, 100), (1, 0, 0), (0, 5, 0)])
def test_a_share_is_at_most_all(reached: int, target: int, percent: int) -> None:
    assert coverage.Reach("", "", target, reached).percent == percent


def test_what_a_school_can_be_invited_to(app: Flask) -> None:
    now = clock.now()
    later, soon = factories.diklat("Nanti", days=9).id, factories.diklat("Segera").id
    factories.diklat("Draf", publish=False)
    assert [row.id for row in coverage.ahead(now=now)] == [soon, later]
    assert [row.id for row in coverage.ahead(now=now, limit=1)] == [soon]
    starts = coverage.ahead(now=now)[0].starts_at
    assert starts is not None
    assert [row.id for row in coverage.ahead(now=starts)] == [later]
    assert [slug for slug, _ in queries.diklat_choices()] == ["nanti", "segera"]
