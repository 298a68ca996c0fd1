"""The papers over a year of many people in one bundle: whose, each once, whatever stops the worker, and who may have it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.certificates import services as certificates
from calakan.certificates.models import Certificate
from calakan.certificates.seals import Seals
from calakan.certificates.yearly import drawing, many
from calakan.certificates.yearly import services as yearly
from calakan.certificates.yearly.models import YearPaper
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.claims import WorkState
from calakan.paper import UndrawableError
from calakan.people import queries as people_queries
from calakan.people.models import Person, School
from calakan.people.services import roles
from calakan.reports import rules, services, tasks
from calakan.reports.documents import transcripts
from calakan.reports.errors import FormatNotOffered, KindNotAllowed, OneYearNeeded
from calakan.reports.models import Export, ExportFormat, ExportKind
from calakan.reports.terms import Filters
from config import Settings
from tests import factories
from tests.certificates.issuing import held, make_papers

Opener = Callable[[int | None], FlaskClient]
Killed = type("Killed", (BaseException,), {})


@pytest.fixture(autouse=True)
def in_the_middle_of_the_year() -> Iterator[None]:
    with time_machine.travel(factories.june()):
        yield


@pytest.fixture
def settings(app: Flask) -> Settings:
    return app.extensions["calakan.settings"]


@pytest.fixture
def panitia(app: Flask) -> Actor:
    return factories.actor(factories.person("Panitia Tetap", Role.PANITIA))


@pytest.fixture
def schools(app: Flask) -> Sequence[int]:
    first = db.session().scalars(sa.select(School).order_by(School.id).limit(1)).one()
    other = sa.select(School.id).where(School.kecamatan_code != first.kecamatan_code).order_by(School.id).limit(1)
    return first.id, db.session().scalars(other).one()


@pytest.fixture
def people(app: Flask, schools: Sequence[int]) -> Sequence[int]:
    """Three with a certificate each, the last one at another school, and one without."""
    names = ("Ani Rahmawati", "Budi Santoso", "Citra Dewi")
    places = (schools[0], schools[0], schools[1])
    ids = [factories.person(name, school_id=place).id for name, place in zip(names, places, strict=True)]
    factories.person("Dewi Tanpa", school_id=schools[0])
    held(*ids)
    make_papers(app)
    return ids


def year() -> int:
    return clock.today().year


def asked(actor: Actor, **filters: Any) -> int:
    with db.transaction():
        return services.ask(
            ExportKind.TRANSCRIPTS, ExportFormat.ZIP, Filters(**filters), by=[], actor=actor, now=clock.now()
        ).id


def export(id: int) -> Export:
    db.session().rollback()
    return db.session().get_one(Export, id, populate_existing=True)


def bundle(settings: Settings, id: int) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """The papers by their names, and the lines of the list."""
    found = export(id)
    assert found.state is WorkState.DONE, found.last_error
    with zipfile.ZipFile(tasks.shelf(settings).path(found.code)) as file:
        papers = {name: file.read(name) for name in file.namelist()}
    text = papers.pop(transcripts.LIST).decode("utf-8-sig")
    return papers, list(csv.DictReader(io.StringIO(text), delimiter=";"))


def papers_of(ids: Sequence[int]) -> Sequence[YearPaper]:
    db.session().rollback()
    wanted = sa.select(YearPaper).where(YearPaper.person_id.in_(ids)).order_by(YearPaper.id)
    return db.session().scalars(wanted).all()


def press(settings: Settings, app: Flask) -> many.Press:
    seals = Seals(settings, now=clock.now())
    return many.Press(year(), app.extensions["calakan.files"], seals, settings.base_url, factories.SYSTEM, clock.now())


def test_everybody_with_a_certificate_is_in_it_once_signed_and_listed(
    people: Sequence[int], panitia: Actor, settings: Settings
) -> None:
    id = asked(panitia)
    assert tasks.make_due(settings) == 1
    papers, lines = bundle(settings, id)
    rows = papers_of(people)
    assert {row.sha256 for row in rows} == {hashlib.sha256(content).hexdigest() for content in papers.values()}
    assert (len(rows), len(papers), export(id).written) == (3, 3, 3)
    assert {line["Nama"]: line["Nomor rekap"] for line in lines} == {row.facts["name"]: row.number for row in rows}
    assert {line["Berkas"] for line in lines} == set(papers)
    ani = next(name for name in papers if "/ani-rahmawati-" in name)
    assert "Ani Rahmawati" in pypdf.PdfReader(io.BytesIO(papers[ani])).pages[0].extract_text()
    acts = (
        db.session().scalars(sa.select(AuditEntry.actor_id).where(AuditEntry.act == "certificates.sum_up_year")).all()
    )
    assert acts == [panitia.person_id] * 3


def test_again_it_is_the_same_papers_and_what_changed_is_revised(
    app: Flask, people: Sequence[int], panitia: Actor, settings: Settings
) -> None:
    """Also those that a holder made before; whose certificate was withdrawn has none any more."""
    with db.transaction():
        own = yearly.make(
            people[0], year(), store=app.extensions["calakan.files"], seals=Seals(settings, now=clock.now()),
            base_url=settings.base_url, actor=factories.SYSTEM, now=clock.now(),
        ).code  # fmt: skip
    asked(panitia)
    tasks.make_due(settings)
    first = {row.person_id: row.code for row in papers_of(people)}
    assert first[people[0]] == own
    held(people[1], title="Asesmen Sumatif")
    make_papers(app)
    taken = db.session().scalars(sa.select(Certificate.id).where(Certificate.person_id == people[2])).one()
    with db.transaction():
        certificates.revoke(taken, reason="Keliru", actor=factories.SYSTEM, now=clock.now())
    id = asked(panitia)
    tasks.make_due(settings)
    papers, lines = bundle(settings, id)
    assert [line["Nama"] for line in lines] == ["Ani Rahmawati", "Budi Santoso"]
    assert sorted((row.person_id, row.revision) for row in papers_of(people)) == [
        (people[0], 0), (people[1], 0), (people[1], 1), (people[2], 0),
    ]  # fmt: skip
    assert own in [row.code for row in papers_of(people) if row.sha256 in map(sha256, papers.values())]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_killed_worker_leaves_whole_papers_and_the_next_one_goes_on(
    people: Sequence[int], panitia: Actor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcripts, "AT_ONCE", 1)
    id, draw, drawn = asked(panitia), drawing.draw, list[int]()

    def killed_at_the_second(row: YearPaper, *args: Any, **more: Any) -> bytes:
        drawn.append(row.person_id)
        if len(drawn) == 2:
            raise Killed()
        return draw(row, *args, **more)

    monkeypatch.setattr(drawing, "draw", killed_at_the_second)
    with pytest.raises(Killed):
        tasks.make_due(settings)
    first = [row.code for row in papers_of(people)]
    assert (len(first), export(id).state) == (1, WorkState.CLAIMED)
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        assert tasks.sweep(settings) == 1
    papers, _ = bundle(settings, id)
    rows = papers_of(people)
    assert [row.code for row in rows][:1] == first
    assert (len(papers), len(rows), {row.revision for row in rows}) == (3, 3, {0})
    assert len(drawn) == 4  # the one that was whole is not drawn again


def test_stopped_it_ends_between_two_chunks(
    people: Sequence[int], panitia: Actor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcripts, "AT_ONCE", 1)
    id, make = asked(panitia), many.make

    def then_stopped(*args: Any) -> Iterator[many.Made]:
        found = list(make(*args))
        if not export(id).stop:
            with db.transaction():
                services.stop(id, actor=panitia, now=clock.now())
        return iter(found)

    monkeypatch.setattr(many, "make", then_stopped)
    tasks.make_due(settings)
    assert (export(id).state, len(papers_of(people))) == (WorkState.DROPPED, 1)


def test_who_cannot_be_printed_stands_in_the_list_with_the_reason(
    people: Sequence[int], panitia: Actor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = drawing.draw

    def undrawable(row: YearPaper, *args: Any, **more: Any) -> bytes:
        if row.person_id == people[1]:
            raise UndrawableError(["字"])
        return draw(row, *args, **more)

    monkeypatch.setattr(drawing, "draw", undrawable)
    id = asked(panitia)
    tasks.make_due(settings)
    papers, lines = bundle(settings, id)
    assert len(papers) == 2
    budi = next(line for line in lines if line["Nama"] == "Budi Santoso")
    assert (budi["Berkas"], budi["Nomor rekap"]) == ("", "")
    assert "字" in budi["Keterangan"]


def test_a_file_that_is_gone_is_said_and_stops_nobody(
    app: Flask, people: Sequence[int], panitia: Actor, settings: Settings
) -> None:
    list(many.make(people[:1], press(settings, app)))
    app.extensions["calakan.files"].path(papers_of(people)[0].sha256).unlink()
    id = asked(panitia)
    tasks.make_due(settings)
    papers, lines = bundle(settings, id)
    assert len(papers) == 2
    assert "hilang" in next(line["Keterangan"] for line in lines if line["Nama"] == "Ani Rahmawati")


def test_while_the_key_is_away_it_waits_and_says_so(
    people: Sequence[int], panitia: Actor, settings: Settings, client_of: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> bytes:
        raise OSError("token")

    monkeypatch.setattr(drawing, "draw", away)
    id = asked(panitia)
    tasks.make_due(settings)
    assert (export(id).state, export(id).last_error, len(papers_of(people))) == (WorkState.PENDING, "year_unsigned", 0)
    monkeypatch.undo()
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        tasks.sweep(settings)
    assert len(bundle(settings, id)[0]) == 3


def test_who_makes_his_own_meanwhile_has_one(
    app: Flask, people: Sequence[int], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw, codes = drawing.draw, list[str]()

    def meanwhile(row: YearPaper, *args: Any, **more: Any) -> bytes:
        if not codes:
            codes.append("")
            codes[0] = next(made.row.code for made in many.make([people[0]], press(settings, app)) if made.row)
        return draw(row, *args, **more)

    monkeypatch.setattr(drawing, "draw", meanwhile)
    found = list(many.make([people[0]], press(settings, app)))
    assert [made.row.code for made in found if made.row] == codes == [row.code for row in papers_of(people)]
    told = sa.select(sa.func.count()).where(AuditEntry.act == "certificates.sum_up_year")
    assert db.session().scalar(told) == 1


def test_whose_account_is_closed_meanwhile_has_none(
    app: Flask, people: Sequence[int], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = drawing.draw

    def closed(row: YearPaper, *args: Any, **more: Any) -> bytes:
        if row.person_id == people[0]:
            with db.transaction():
                roles.switch_account(people[0], active=False, actor=factories.SYSTEM, now=clock.now())
        return draw(row, *args, **more)

    monkeypatch.setattr(drawing, "draw", closed)
    found = list(many.make(people[:2], press(settings, app)))
    assert [made.row.person_id for made in found if made.row] == [people[1]]
    assert [row.person_id for row in papers_of(people)] == [people[1]]


def test_filters_narrow_it(people: Sequence[int], panitia: Actor, settings: Settings, schools: Sequence[int]) -> None:
    kecamatan = db.session().get_one(School, schools[1]).kecamatan_code
    before = date(year() - 1, 5, 5)
    ids = [
        asked(panitia, kecamatan=kecamatan),
        asked(panitia, diklat="asesmen-formatif"),
        asked(panitia, diklat="tidak-ada"),
        asked(panitia, since=before, until=before),
    ]
    tasks.make_due(settings)
    assert [len(bundle(settings, id)[0]) for id in ids] == [1, 3, 0, 0]
    assert (export(ids[3]).facts["since"], export(ids[3]).facts["until"]) == (
        f"{year() - 1}-01-01",
        f"{year() - 1}-12-31",
    )


def test_too_many_for_one_bundle_are_refused_before_any_is_made(
    people: Sequence[int], panitia: Actor, settings: Settings, client_of: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcripts, "MOST", 2)
    id = asked(panitia)
    tasks.make_due(settings)
    assert (export(id).state, export(id).last_error, len(papers_of(people))) == (
        WorkState.FAILED,
        "too_many_in_bundle",
        0,
    )
    assert "paling banyak" in client_of(panitia.person_id).get("/kelola/ekspor").get_data(as_text=True)


def test_it_is_of_one_year_and_a_bundle(panitia: Actor) -> None:
    with db.transaction():
        with pytest.raises(OneYearNeeded):
            services.ask(
                ExportKind.TRANSCRIPTS, ExportFormat.ZIP, Filters(since=date(2025, 1, 1), until=date(2026, 1, 1)), by=[],
                actor=panitia, now=clock.now(),
            )  # fmt: skip
        for kind, format in (
            (ExportKind.TRANSCRIPTS, ExportFormat.XLSX),
            (ExportKind.PARTICIPANTS, ExportFormat.ZIP),
        ):
            with pytest.raises(FormatNotOffered):
                services.ask(kind, format, Filters(), by=[], actor=panitia, now=clock.now())


def test_whoever_moves_or_closes_his_account_meanwhile_is_not_in_it(
    people: Sequence[int], schools: Sequence[int], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, make = factories.person("Tono").id, many.make
    with db.transaction():
        roles.set_scope(head, school_ids=[schools[0]], kecamatan_codes=[], actor=factories.SYSTEM, now=clock.now())
    id = asked(people_queries.actor_of(db.session().get_one(Person, head)))

    def moving(ids: Sequence[int], press: many.Press) -> Iterator[many.Made]:
        with db.transaction() as session:
            session.execute(sa.update(Person).where(Person.id == people[1]).values(school_id=schools[1]))
        return make(ids, press)

    monkeypatch.setattr(transcripts, "AT_ONCE", 1)
    monkeypatch.setattr(many, "make", moving)
    tasks.make_due(settings)
    assert [line["Nama"] for line in bundle(settings, id)[1]] == ["Ani Rahmawati"]


def test_who_looks_after_others_now_has_none_of_what_was_made_of_the_former(
    people: Sequence[int], schools: Sequence[int], settings: Settings, client_of: Opener
) -> None:
    head = factories.person("Tono").id

    def after(*school_ids: int, role: Role | None = None) -> Actor:
        given = [role] if role else []
        with db.transaction():
            roles.set_scope(head, school_ids=school_ids, kecamatan_codes=[], actor=factories.SYSTEM, now=clock.now())
            roles.set_roles(head, given, actor=factories.SYSTEM, now=clock.now())
        return people_queries.actor_of(db.session().get_one(Person, head))

    def fetched(id: int) -> int:
        return client_of(head).get(f"/kelola/ekspor/{export(id).code}/unduh").status_code

    of_school = asked(after(schools[0]))
    tasks.make_due(settings)
    of_all = asked(after(schools[0], role=Role.PANITIA))
    tasks.make_due(settings)
    assert (fetched(of_school), fetched(of_all)) == (200, 200)
    after(schools[0])
    assert (fetched(of_school), fetched(of_all)) == (200, 404)
    after(*schools)
    assert (fetched(of_school), fetched(of_all)) == (200, 404)
    after(schools[1])
    assert (fetched(of_school), fetched(of_all)) == (404, 404)
    page = client_of(head).get("/kelola/ekspor").get_data(as_text=True)
    assert (page.count("Di luar wewenang"), "/unduh" in page) == (2, False)
    # What waits is of those for whom it was asked, or it is not made.
    waits = asked(after(schools[1]))
    after(*schools)
    tasks.make_due(settings)
    assert (export(waits).state, export(waits).last_error) == (WorkState.FAILED, "no_longer_allowed")


def test_who_may_ask(app: Flask, panitia: Actor) -> None:
    limited = Actor(person_id=1, name="x", roles=frozenset({Role.PANITIA}), limited=True)
    head = Actor(person_id=1, name="x", roles=frozenset({Role.PIMPINAN}))
    official = Actor(person_id=1, name="x", school_ids=frozenset({1}))
    may = [rules.may_ask(who, ExportKind.TRANSCRIPTS) for who in (panitia, official, limited, head)]
    assert may == [True, True, False, False]
    with db.transaction(), pytest.raises(KindNotAllowed):
        services.ask(ExportKind.TRANSCRIPTS, ExportFormat.ZIP, Filters(), by=[], actor=limited, now=clock.now())


def test_a_head_of_school_takes_those_of_his_own_people_and_no_others(
    people: Sequence[int], schools: Sequence[int], settings: Settings, client_of: Opener
) -> None:
    head = factories.person("Tono").id
    with db.transaction():
        roles.set_scope(head, school_ids=[schools[0]], kecamatan_codes=[], actor=factories.SYSTEM, now=clock.now())
    browser = client_of(head)
    page = browser.get("/binaan").get_data(as_text=True)
    form = page[page.index('action="/kelola/ekspor"') :].partition("</form>")[0]
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert sent["jenis"] == "transcripts"
    assert browser.post("/kelola/ekspor", data=sent).headers["Location"].endswith("/kelola/ekspor")
    tasks.make_due(settings)
    made = db.session().scalars(sa.select(Export)).one()
    id, code = made.id, made.code
    papers, lines = bundle(settings, id)
    assert [line["Nama"] for line in lines] == ["Ani Rahmawati", "Budi Santoso"]
    answer = browser.get(f"/kelola/ekspor/{code}/unduh")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        assert set(file.namelist()) == {*papers, transcripts.LIST}
    taken = db.session().scalars(sa.select(AuditEntry.actor_id).where(AuditEntry.act == "reports.download")).all()
    assert taken == [head]
    assert "2 orang" in browser.get("/kelola/ekspor").get_data(as_text=True)
    assert client_of(people[0]).get(f"/kelola/ekspor/{code}/unduh").status_code == 404
    # The scope that is gone takes the file along.
    with db.transaction():
        roles.set_scope(head, school_ids=[], kecamatan_codes=[], actor=factories.SYSTEM, now=clock.now())
    assert client_of(head).get(f"/kelola/ekspor/{code}/unduh").status_code == 404
