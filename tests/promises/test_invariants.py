"""Each seeded violation is found by name, and nothing else is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import services as attendance
from calakan.attendance.models import Presence
from calakan.certificates import tasks as certificate_tasks
from calakan.certificates.models import Certificate, CertificateRole, Register, RegisterKind, Status
from calakan.diklat.models import Diklat, LiveSession, ProgrammeRow, SeatBy, SessionState
from calakan.diklat.queries import programme
from calakan.diklat.services import states
from calakan.enrolment import services
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.kernel.files import Store
from calakan.notifications.models import Message
from calakan.promises import views
from calakan.promises.invariants import LOST_FILE, RULES, broken, by_name
from tests import factories


def change(statement: sa.Update) -> None:
    with db.transaction() as session:
        session.execute(statement)


@pytest.fixture
def office(app: Flask) -> Store:
    """Two papers with numbers, and a diklat ahead with a reminder sent in time."""
    course = factories.diklat("Asesmen", days=2)
    id = course.id
    live = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == id)).one()
    people = [factories.person(name).id for name in ("Ani", "Budi")]
    for person_id in people:
        with db.transaction():
            services.join(id, person_id, actor=factories.SYSTEM, now=clock.now())
    settings = app.extensions["calakan.settings"]
    with time_machine.travel(clock.now() + timedelta(days=4), tick=False):
        with db.transaction():
            attendance.mark_by_hand(
                live, people, present=True, reason="Terlihat", actor=factories.SYSTEM, now=clock.now()
            )
        with db.transaction():
            states.close(id, actor=factories.SYSTEM, now=clock.now())
        assert certificate_tasks.issue_due(settings) == 2
    store = Store(settings.data_dir / "files")
    assert broken(store) == []
    return store


def names(store: Store | None = None) -> set[str]:
    db.db.session.remove()
    return {line.split(":")[0] for line in broken(store)}


def test_somebody_waits_behind_a_free_seat(app: Flask) -> None:
    course = factories.diklat(quota=1)
    for name in ("Ani", "Budi"):
        person_id = factories.person(name).id
        with db.transaction():
            services.join(course.id, person_id, actor=factories.SYSTEM, now=clock.now())
    assert broken() == []
    slug = course.slug
    change(sa.update(Diklat).values(quota=5))
    assert broken() == [f"seat-left: {slug}: 1 of 5 taken while 1 wait"]


def test_more_people_than_the_share_of_a_school(app: Flask) -> None:
    course = factories.diklat(quota=9, seat_by=SeatBy.SCHOOL, seat_limits={"": 1})
    id, slug = course.id, course.slug
    for name in ("Ani", "Budi"):
        person_id = factories.person(name).id
        with db.transaction():
            services.join(id, person_id, actor=factories.SYSTEM, now=clock.now())
    assert broken() == []
    change(sa.update(Enrolment).values(state=EnrolmentState.CONFIRMED))
    change(sa.update(Enrolment).values(share_key=sa.select(sa.func.max(Enrolment.share_key)).scalar_subquery()))
    (line,) = broken()
    assert line.startswith(f"share-oversold: {slug}: ")
    assert line.endswith(": 2 of 1")


def test_more_people_than_seats(office: Store) -> None:
    slug = db.session().scalars(sa.select(Diklat.slug)).one()
    change(sa.update(Diklat).values(quota=1))
    assert broken() == [f"oversold: {slug}: 2 confirmed of 1"]


def test_a_number_that_nobody_bears(app: Flask) -> None:
    with db.transaction() as session:
        session.add(Register(kind=RegisterKind.STATEMENT, year=2026, last_serial=3))
    assert broken() == ["number-gap: keterangan 2026: 0 numbers used, register stands at 3"]


def test_a_number_that_two_bear(office: Store) -> None:
    year = db.session().scalars(sa.select(Register.year)).one()
    change(sa.update(Certificate).where(Certificate.serial == 2).values(serial=1, revision=1))
    assert f"number-double: sertifikat {year}/1" in broken()


def test_a_paper_without_its_file(office: Store) -> None:
    change(sa.update(Certificate).where(Certificate.serial == 1).values(sha256=None))
    assert names() == {"paper-without-file"}


def test_a_file_that_is_gone(office: Store) -> None:
    tail = db.session().scalars(sa.select(Certificate.tail_sha256).where(Certificate.serial == 1)).one()
    assert tail is not None
    content = office.get(tail)
    office.path(tail).unlink()
    number = db.session().scalars(sa.select(Certificate.number).where(Certificate.serial == 1)).one()
    assert broken(office) == [f"lost-file: {number}"]
    office.put(content)


def test_a_paper_without_attendance(office: Store) -> None:
    person = db.session().scalars(sa.select(Certificate.person_id).where(Certificate.serial == 1)).one()
    number = db.session().scalars(sa.select(Certificate.number).where(Certificate.serial == 1)).one()
    change(sa.update(Presence).where(Presence.person_id == person).values(present=False))
    assert broken() == [
        f"paper-without-evidence: {number}: 0 of 4 JP attended",
        f"row-without-evidence: {number}: Sesi 1",
    ]


def test_a_paper_without_a_seat_differs_in_the_counts_too(office: Store) -> None:
    person = db.session().scalars(sa.select(Certificate.person_id).where(Certificate.serial == 1)).one()
    change(sa.update(Enrolment).where(Enrolment.person_id == person).values(state=EnrolmentState.CANCELLED))
    assert names() == {"paper-without-evidence", "counts-differ"}
    assert "counts-differ: certified: report 1, tables 2" in broken()


def test_a_speakers_paper_without_a_session(office: Store) -> None:
    change(sa.update(Certificate).where(Certificate.serial == 1).values(role=CertificateRole.SPEAKER))
    assert names() == {"speaker-without-session"}


def test_a_reminder_after_its_session_began(office: Store) -> None:
    live = db.session().scalars(sa.select(LiveSession)).one()
    late, id = live.starts_at + timedelta(minutes=1), live.id
    person = db.session().scalars(sa.select(Certificate.person_id).limit(1)).one()
    with db.transaction() as session:
        session.add(
            Message(
                kind="enrolment.reminder", key="reminder:1", person_id=person, address="a@example.org",
                subject_kind="live_session", subject_id=id, facts={}, created_at=late, due_at=late, sent_at=late,
                state=WorkState.DONE,
            )
        )  # fmt: skip
    assert broken() == ["late-reminder: reminder:1"]
    change(sa.update(Message).where(Message.key == "reminder:1").values(sent_at=late - timedelta(hours=1)))
    assert broken() == []


def test_hours_that_the_programme_does_not_have(office: Store) -> None:
    slug = db.session().scalars(sa.select(Diklat.slug)).one()
    change(sa.update(Diklat).values(jp=32))
    assert broken() == [f"diklat-jp: {slug}: says 32, programme has 4"]


def first_paper() -> str:
    return db.session().scalars(sa.select(Certificate.number).where(Certificate.serial == 1)).one() or ""


def restate(**values: object) -> None:
    """Change what the first paper says of its first row."""
    facts = copy.deepcopy(db.session().scalars(sa.select(Certificate.facts).where(Certificate.serial == 1)).one())
    facts["event"]["programme"][0] |= values
    change(sa.update(Certificate).where(Certificate.serial == 1).values(facts=facts))


def test_a_paper_over_more_jp_than_were_held(office: Store) -> None:
    change(sa.update(Certificate).where(Certificate.serial == 1).values(jp=400))
    assert broken() == [f"jp-above-held: {first_paper()}: 400 JP, held 4"]


def test_a_paper_with_more_jp_than_its_minutes(office: Store) -> None:
    restate(jp=20)
    assert broken() == [f"paper-above-minutes: {first_paper()}: Sesi 1: 20 JP in 180 minutes"]


def test_a_row_with_more_jp_than_its_minutes(office: Store) -> None:
    change(sa.update(ProgrammeRow).values(jp=20))
    assert any(line.endswith("Sesi 1: 20 JP in 180 minutes") for line in broken() if line.startswith("jp-above-min"))


@pytest.mark.parametrize(
    ("typed", "flagged"), [(False, []), (True, ["jp-above-minutes: {}: Satu: 2 JP in 75 minutes"])]
)
def test_a_row_above_its_own_minutes_is_right_where_rests_lend_it_and_wrong_where_it_was_typed(
    app: Flask, typed: bool, flagged: list[str]
) -> None:
    course = factories.diklat("Dua Sesi", publish=False)
    with db.transaction() as session:
        session.execute(sa.delete(LiveSession))
        session.execute(sa.delete(ProgrammeRow))
    for title, minutes, days in (("Satu", 75, 5), ("Dua", 60, 6)):
        factories.live_session(course.id, factories.morning(days), hours=minutes / 60, title=title)
    with db.transaction():
        states.publish(course.id, actor=factories.SYSTEM, now=clock.now())
    assert [row.jp for row in programme(course.id)] == [2, 1]
    change(sa.update(ProgrammeRow).where(ProgrammeRow.title == "Satu").values(jp_typed=typed))
    assert broken() == [line.format(course.slug) for line in flagged]


def test_a_serial_that_is_not_the_printed_one(office: Store) -> None:
    change(sa.update(Certificate).where(Certificate.serial == 1).values(serial=9999))
    assert "serial-differs" in names()


@pytest.mark.parametrize("old", [True, False])
def test_a_paper_on_a_session_called_off(office: Store, old: bool) -> None:
    """Papers of earlier times named their rows by title, and such a row said `done`."""
    if old:
        restate(row=None, when=[])
    change(sa.update(LiveSession).values(state=SessionState.CANCELLED))
    assert f"paper-on-cancelled-session: {first_paper()}: Sesi 1" in broken()


def test_the_panitia_mend_such_papers_with_one_tap(
    app: Flask, office: Store, client_of: Callable[[int], FlaskClient]
) -> None:
    change(sa.update(Certificate).where(Certificate.serial == 1).values(jp=400))
    slug = db.session().scalars(sa.select(Diklat.slug)).one()
    board = f"/kelola/diklat/{slug}/sertifikat"
    with time_machine.travel(clock.now() + timedelta(days=5), tick=False):
        client = client_of(factories.person("Panitia", Role.PANITIA).id)
        page = client.get(board).get_data(as_text=True)
        assert "Lembar yang perlu ditinjau (1)" in page
        assert "JP melebihi yang diselenggarakan" in page
        assert client.post(f"{board}/tinjau", data={"kode": "TIDAKADA"}).status_code == 302
        assert client.post(f"{board}/tinjau").status_code == 302
        certificate_tasks.issue_due(app.extensions["calakan.settings"])
        assert "Lembar yang perlu ditinjau" not in client.get(board).get_data(as_text=True)
        db.session().rollback()
        papers = db.session().execute(
            sa.select(Certificate.revision, Certificate.jp, Certificate.status)
            .where(Certificate.serial == 1)
            .order_by(Certificate.revision)
        )
        assert papers.all() == [(0, 400, Status.REPLACED), (1, 4, Status.VALID)]


def test_every_rule_has_its_sentence_on_the_page() -> None:
    assert set(views.RULES) == {*RULES, LOST_FILE} == set(by_name([]))


def test_the_page_names_what_is_broken(office: Store, client_of: Callable[[int], FlaskClient]) -> None:
    client = client_of(factories.person("Admin", Role.ADMIN).id)
    assert "Semua aturan berlaku" in client.get("/kelola/pemeriksaan").get_data(as_text=True)
    change(sa.update(Diklat).values(jp=32))
    html = client.get("/kelola/pemeriksaan").get_data(as_text=True)
    assert "1 aturan dilanggar" in html
    assert "says 32, programme has 4" in html
    assert client_of(factories.person("Panitia", Role.PANITIA).id).get("/kelola/pemeriksaan").status_code == 403
