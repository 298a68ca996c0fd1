"""The sheet: what a cell says, whom its filters show, and marking many at once without losing a tick."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import appeals, checking_in, queries, services, sheets
from calakan.attendance.errors import CheckInNotOpen, NotAParticipant
from calakan.attendance.models import Presence
from calakan.attendance.rules import Reason
from calakan.attendance.sheets import Cell, Doubt, Mark, Only
from calakan.attendance.words import DOUBTS, HOW, MISS_WORDS, WHYS
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession, PresenceRule
from calakan.diklat.services import sessions as session_services
from calakan.diklat.services import states
from calakan.enrolment import queries as enrolment
from calakan.kernel import clock, db, formats
from calakan.kernel.actor import Role
from calakan.office.house import house
from calakan.people.models import Person
from tests import factories
from tests.completion.courses import Course, nine

Opener = Callable[[int | None], FlaskClient]
FIRST, SECOND = 0, 1


def code_of(person_id: int) -> str:
    return db.session().get_one(Person, person_id).code


def ticket(person_id: int, number: int) -> str:
    return f"{code_of(person_id)}:{number}"


def numbers(course: Course) -> list[int]:
    return [session.number for session in diklat_queries.sessions_of(course.id)]


def cells_of(course: Course) -> dict[tuple[int, int], Cell]:
    found = sheets.cells(diklat_queries.sessions_of(course.id), course.people, now=clock.now())
    return {
        (course.people.index(person), course.sessions.index(session)): cell for (person, session), cell in found.items()
    }


def shown(course: Course, only: Only) -> list[int]:
    sessions = diklat_queries.sessions_of(course.id)
    wanted = enrolment.roster(course.id, visible_to=factories.SYSTEM).where(
        sheets.only(only, sessions, now=clock.now())
    )
    return [course.people.index(row.person_id) for row in db.session().scalars(wanted)]


def test_whatever_decides_a_cell_has_a_word_and_a_sentence() -> None:
    assert set(HOW) == set(WHYS) == set(Reason)
    assert [reason for reason, word in HOW.items() if not word] == [Reason.NOTHING]
    assert set(DOUBTS) == set(Doubt)
    assert set(MISS_WORDS) == set(checking_in.MISSES)


@pytest.fixture
def course(app: Flask) -> Course:
    return Course("Ani", "Budi", "Cici", "Dewi")


@pytest.fixture
def log_in(app: Flask, client_of: Opener) -> Callable[[], FlaskClient]:
    """At the time of the test: a log-in of days before has ended."""
    return lambda: client_of(factories.person("Panitia", Role.PANITIA).id)


def test_a_cell_says_how_it_was_decided_and_the_minutes(course: Course) -> None:
    ani, budi, cici, dewi = course.people
    first = course.sessions[FIRST]
    with time_machine.travel(nine(1) + timedelta(minutes=30), tick=False):
        with db.transaction():
            code = services.open_check_in(first, minutes=30, actor=factories.SYSTEM, now=clock.now()).code
        with db.transaction():
            checking_in.check_in(ani, code, actor=factories.SYSTEM, now=clock.now())
        with db.transaction():
            wrong = f"{(int(code) + 1) % 1_000_000:06}"
            checking_in.check_in(cici, wrong, actor=factories.SYSTEM, now=clock.now())
        with db.transaction():
            factories.listed(first, {budi: 152.4}, source="Zoom", actor=factories.SYSTEM, now=clock.now())
        with db.transaction():
            appeals.ask(first, dewi, "HP saya mati.", actor=factories.SYSTEM, now=clock.now())
        found = cells_of(course)
        assert found[0, FIRST] == Cell(Mark.PRESENT, Reason.CODE)
        assert (found[1, FIRST].mark, found[1, FIRST].why, found[1, FIRST].minutes) == (
            Mark.PRESENT,
            Reason.MINUTES,
            152,
        )
        assert (found[2, FIRST].mark, found[2, FIRST].why) == (Mark.REVIEW, Doubt.GUESS)
        assert (found[3, FIRST].mark, found[3, FIRST].why) == (Mark.REVIEW, Doubt.APPEAL)
        assert {found[person, SECOND] for person in range(4)} == {Cell(Mark.LATER, Reason.NOTHING)}
        assert shown(course, Only.OPEN) == [2, 3]
        assert shown(course, Only.REVIEW) == [2, 3]
        assert shown(course, Only.ALL) == [0, 1, 2, 3]


def test_whoever_said_nothing_is_absent_only_once_no_code_counts_any_more(course: Course) -> None:
    with time_machine.travel(nine(1) + timedelta(hours=3, minutes=29), tick=False):
        assert cells_of(course)[0, FIRST] == Cell(Mark.OPEN, Reason.NOTHING)
    with time_machine.travel(nine(1) + timedelta(hours=3, minutes=30), tick=False):
        assert cells_of(course)[0, FIRST] == Cell(Mark.ABSENT, Reason.NOTHING)


def test_a_decision_to_review_waits_until_somebody_marks_either_way(course: Course) -> None:
    ani, budi = course.people[:2]
    with time_machine.travel(nine(1) + timedelta(hours=4), tick=False):
        with db.transaction() as session:
            session.get_one(Diklat, course.id).presence_rule = PresenceRule.CODE
        with db.transaction():
            factories.listed(
                course.sessions[FIRST], {ani: 170, budi: 170}, source="Zoom", actor=factories.SYSTEM, now=clock.now()
            )
        assert cells_of(course)[0, FIRST] == Cell(Mark.REVIEW, Reason.NO_CODE, 170)
        assert shown(course, Only.REVIEW) == [0, 1]
        for person, present in ((ani, True), (budi, False)):
            with db.transaction():
                services.mark_by_hand(
                    course.sessions[FIRST],
                    [person],
                    present=present,
                    reason="Dilihat",
                    actor=factories.SYSTEM,
                    now=clock.now(),
                )
        found = cells_of(course)
        assert found[0, FIRST] == Cell(Mark.PRESENT, Reason.MARKED_PRESENT, 170, "Dilihat")
        assert found[1, FIRST] == Cell(Mark.ABSENT, Reason.MARKED_ABSENT, 170, "Dilihat")
        assert shown(course, Only.REVIEW) == []


def test_a_mark_of_absence_answers_a_wrong_code_and_the_same_mark_again_is_none(course: Course) -> None:
    ani, first = course.people[0], course.sessions[FIRST]

    def absent() -> int:
        with db.transaction():
            return services.mark_by_hand(
                first, [ani], present=False, reason="Izin", actor=factories.SYSTEM, now=clock.now()
            )

    with time_machine.travel(nine(1) + timedelta(minutes=30), tick=False):
        with db.transaction():
            code = services.open_check_in(first, minutes=30, actor=factories.SYSTEM, now=clock.now()).code
        with db.transaction():
            wrong = f"{(int(code) + 1) % 1_000_000:06}"
            checking_in.check_in(ani, wrong, actor=factories.SYSTEM, now=clock.now())
        assert len(queries.missed_codes(course.id)) == 1
        assert (absent(), absent()) == (1, 0)
        assert queries.missed_codes(course.id) == []
        assert cells_of(course)[0, FIRST] == Cell(Mark.ABSENT, Reason.MARKED_ABSENT, None, "Izin")


def test_cells_of_several_sessions_are_marked_with_one_reason_or_none_of_them(course: Course) -> None:
    ani, budi, *_ = course.people
    first, second = course.sessions
    facts = {"present": True, "reason": "Terlihat", "actor": factories.SYSTEM}
    with time_machine.travel(nine(1) + timedelta(hours=1), tick=False):
        with pytest.raises(CheckInNotOpen), db.transaction():
            services.mark_cells({first: [ani], second: [budi]}, now=clock.now(), **facts)
        assert queries.present_count(first) == 0
    with time_machine.travel(nine(3), tick=False):
        with db.transaction():
            assert services.mark_cells({first: [ani, budi], second: [budi]}, now=clock.now(), **facts) == 3
        stranger = factories.person("Orang").id
        with pytest.raises(NotAParticipant), db.transaction():
            services.mark_cells({first: [ani], second: [stranger]}, now=clock.now(), **facts)


def test_ticking_cells_and_rows_on_the_page(course: Course, log_in: Callable[[], FlaskClient]) -> None:
    ani, budi, cici, _ = course.people
    one, two = numbers(course)
    with time_machine.travel(nine(3), tick=False):
        staff = log_in()
        path = f"/kelola/diklat/{course.slug}/kehadiran"
        typed = {
            "status": "hadir",
            "alasan": "Terlihat di ruang",
            "sesi": "",
            "sel": [ticket(ani, one), ticket(budi, two)],
        }
        done = staff.post(
            f"{path}/tandai", data={**typed, "orang": [code_of(cici)], "hal": "1", "q": "", "pada": str(one)}
        )
        assert (done.status_code, done.headers["Location"]) == (302, f"{path}?pada={one}")
        assert "4 kehadiran ditandai hadir." in staff.get(path).get_data(as_text=True)
        marks = {at for at, cell in cells_of(course).items() if cell.mark is Mark.PRESENT}
        assert marks == {(0, FIRST), (1, SECOND), (2, FIRST), (2, SECOND)}
        assert {row.reason for row in db.session().scalars(sa.select(Presence))} == {"Terlihat di ruang"}
        staff.post(f"{path}/tandai", data={"status": "sakit", "sesi": str(two), "orang": [code_of(cici)]})
        assert cells_of(course)[2, SECOND] == Cell(Mark.ABSENT, Reason.MARKED_ABSENT, None, "Sakit")
        page = staff.get(path).get_data(as_text=True)
        assert "Tidak hadir. Ditandai tidak hadir oleh panitia. Sakit" in page
        assert ">manual<" in page


def kept(page: str) -> set[tuple[str, str]]:
    """What the next button of the page's form would send of ticks."""
    found = set()
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="?(orang|sel)"?[ >]', tag), re.search(r'value="?([0-9A-Z:]+)', tag)
        if name and value and ("checked" in tag or "hidden" in tag):
            found.add((name[1], value[1]))
    return found


@pytest.mark.parametrize("why", ["no reason", "ahead", "cancelled", "closed", "waiting", "nothing ticked"])
def test_a_refusal_is_said_and_keeps_what_was_ticked_and_typed(
    why: str, course: Course, log_in: Callable[[], FlaskClient]
) -> None:
    ani, one, two = course.people[0], *numbers(course)
    path = f"/kelola/diklat/{course.slug}/kehadiran/tandai"
    typed = {"status": "hadir", "alasan": "Terlihat <b>", "sesi": "", "sel": [ticket(ani, one)]}
    said = {
        "no reason": "Tulis alasan penandaan.",
        "ahead": "Sesi ini belum mulai",
        "cancelled": "Sesi ini dibatalkan.",
        "closed": "Diklat sudah ditutup; kehadiran tidak dapat diubah lagi.",
        "waiting": "Ada nama yang tidak terdaftar",
        "nothing ticked": "Pilih sel atau baris peserta lebih dulu.",
    }[why]
    if why == "cancelled":
        with db.transaction():
            session_services.cancel(course.sessions[SECOND], reason="Banjir", actor=factories.SYSTEM, now=clock.now())
    with time_machine.travel(nine(1) + timedelta(hours=1) if why == "ahead" else nine(3), tick=False):
        if why == "no reason":
            typed["alasan"] = "  "
        elif why in ("ahead", "cancelled"):
            typed["sel"] = [ticket(ani, one), ticket(ani, two)]
        elif why == "closed":
            with db.transaction():
                states.close(course.id, actor=factories.SYSTEM, now=clock.now())
        elif why == "waiting":
            typed["sel"] = [ticket(ani, one), ticket(factories.person("Eka").id, one)]
        else:
            typed["sel"] = []
        answer = log_in().post(path, data=typed)
        page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    if why != "closed":  # What can not be marked at all is let go; the rest stays ticked.
        assert kept(page) == {("sel", value) for value in typed["sel"][:1]}
    if why not in ("no reason", "closed"):
        assert "Terlihat &lt;b&gt;</textarea>" in page
    assert queries.present_count(course.sessions[FIRST]) == 0


def test_ticks_survive_paging_searching_and_filters_without_scripts(
    app: Flask, log_in: Callable[[], FlaskClient]
) -> None:
    course = Course(*(f"Guru {n:02}" for n in range(30)))
    one = numbers(course)[0]
    path = f"/kelola/diklat/{course.slug}/kehadiran"
    with time_machine.travel(nine(3), tick=False):
        staff = log_in()
        data = {
            "sel": [ticket(course.people[0], one)],
            "orang": [code_of(course.people[1])],
            "alasan": "Lama",
            "hal": "1",
        }
        second = staff.post(path, data={**data, "ke": "hal:2"}).get_data(as_text=True)
        assert "Guru 29" in second
        assert "Guru 03" not in second
        assert "Lama</textarea>" in second
        wanted = {("sel", data["sel"][0]), ("orang", data["orang"][0])}
        assert kept(second) == wanted
        searched = staff.post(path, data={**data, "ke": "cari", "q": "Guru 07"}).get_data(as_text=True)
        assert ("Guru 07" in searched, "Guru 08" in searched) == (True, False)
        assert kept(searched) == wanted
        narrow = staff.post(path, data={**data, "ke": "saring:tinjau"}).get_data(as_text=True)
        assert "Tidak ada yang cocok." in narrow
        assert kept(narrow) == wanted
        assert kept(staff.post(path, data={**data, "ke": "kosong"}).get_data(as_text=True)) == set()
        # A value that is none is not handed on.
        odd = staff.post(path, data={"sel": ['"><b>', "1:2"], "orang": ["x"], "ke": "hal:99999"})
        assert (odd.status_code, kept(odd.get_data(as_text=True))) == (200, set())
        assert queries.present_count(course.sessions[FIRST]) == 0


def test_one_session_and_one_filter_are_addresses(course: Course, log_in: Callable[[], FlaskClient]) -> None:
    one, two = numbers(course)
    with time_machine.travel(nine(3), tick=False):
        staff = log_in()
        course.mark(course.people[0], sessions=1)
        path = f"/kelola/diklat/{course.slug}/kehadiran"
        first = staff.get(f"{path}?saring=belum&pada={one}").get_data(as_text=True)
        assert ("Ani" in first, "Budi" in first) == (False, True)
        assert "Ani" in staff.get(f"{path}?saring=belum&pada={two}").get_data(as_text=True)
        assert "Ani" in staff.get(f"{path}?saring=belum").get_data(as_text=True)
        assert "Ani" in staff.get(f"{path}?saring=xx&pada=abc").get_data(as_text=True)


def test_the_sheet_on_paper_holds_everybody_with_head_title_dates_and_room_to_sign(
    app: Flask, log_in: Callable[[], FlaskClient]
) -> None:
    course = Course("Guru")
    people = [*course.people, *factories.crowd(499)]
    factories.enrol(course.id, people[1:])
    with db.transaction() as session:
        session.get_one(LiveSession, course.sessions[FIRST]).place = "Aula Disdik"
    with time_machine.travel(nine(3), tick=False):
        course.mark(course.people[0], sessions=1)
        page = log_in().get(f"/kelola/diklat/{course.slug}/kehadiran/cetak").get_data(as_text=True)
    read = html.unescape(" ".join(re.sub(r"<[^>]*>", " ", page.partition("<article")[2]).split()))
    diklat = diklat_queries.by_slug(course.slug)
    assert diklat is not None
    head = " ".join(house().letterhead_lines)
    assert read.startswith(f'class="surat daftar-hadir"> {head} Daftar Hadir {diklat.title} ')
    first, second = (
        f"{session.title}: {formats.span(session.starts_at, session.ends_at, short=False)}, {place}"
        for session, place in zip(diklat_queries.sessions_of(course.id), ("Aula Disdik", "daring"), strict=True)
    )
    for text in (first, second, "Tanda tangan", "Mengetahui", "Panitia", "Hadir", "Tidak hadir"):
        assert text in read
    names = [
        row.person.printed_name
        for row in db.session().scalars(enrolment.roster(course.id, visible_to=factories.SYSTEM))
    ]
    assert len(names) == 500
    assert [name for name in names if name not in read] == []
    assert page.count("class=paraf") + page.count('class="paraf"') == 500


def test_where_there_is_one_session_it_is_not_asked_for(
    app: Flask, client_of: Callable[[int | None], FlaskClient]
) -> None:
    made, person = factories.diklat(days=1), factories.person("Ani")
    slug, code = made.slug, person.code
    factories.enrol(made.id, [person.id])
    staff = factories.person("Panitia", Role.PANITIA).id
    with time_machine.travel(factories.morning(1) + timedelta(hours=1), tick=False):
        sent = {"sel": f"{code}:1", "status": "hadir", "alasan": "Terlihat di ruang"}
        answer = client_of(staff).post(f"/kelola/diklat/{slug}/kehadiran/tandai", data=sent)
    assert answer.location.startswith(f"/kelola/diklat/{slug}/kehadiran")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Presence).where(Presence.present)) == 1
