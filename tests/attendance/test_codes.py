"""One rule at every door, and a true answer for every code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import appeals, checking_in, queries, services
from calakan.attendance.checking_in import Answer
from calakan.attendance.errors import (
    AttendanceFinal,
    CheckInNotOpen,
    CodeNotAsked,
    CodesNotAddable,
    NotAParticipant,
)
from calakan.attendance.models import CheckIn, Part
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.diklat.services import sessions, states
from calakan.enrolment import services as enrolment
from calakan.enrolment.errors import EnrolmentClosed
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import services as speaking
from calakan.narasumber.models import Duty
from calakan.office.services import change_settings
from tests import factories
from tests.attendance.decisions import decision_of

Opener = Callable[[int | None], FlaskClient]


class World:
    """A session of three hours at nine, three days from now; Sri has the only seat, Budi waits, Cici is nobody."""

    def __init__(self) -> None:
        begins = clock.instant(clock.local(clock.now()).date() + timedelta(days=3), time(9))
        self.begins, self.diklat = begins, factories.diklat(quota=1, days=9).id
        self.session = factories.live_session(self.diklat, begins, title="Pagi").id
        self.sri, self.budi, self.cici = (factories.person(name).id for name in ("Sri", "Budi", "Cici"))
        for person_id in (self.sri, self.budi):
            with db.transaction():
                enrolment.join(self.diklat, person_id, actor=factories.SYSTEM, now=clock.now())

    def open(self, minutes: int = 60, part: Part | None = None) -> str:
        with db.transaction():
            return services.open_check_in(
                self.session, minutes=minutes, part=part, actor=factories.SYSTEM, now=clock.now()
            ).code

    def ask(self, codes: int) -> None:
        with db.transaction():
            services.ask_codes(self.session, codes, actor=factories.SYSTEM, now=clock.now())

    def type(self, person_id: int, code: str, key: str | None = None) -> Answer:
        with db.transaction():
            return checking_in.check_in(person_id, code, actor=factories.SYSTEM, now=clock.now(), key=key).answer

    @property
    def why(self) -> str:
        db.session().rollback()
        decision = decision_of(self.session, self.sri)
        return decision.why if decision is not None else ""

    def cancel(self) -> None:
        with db.transaction():
            sessions.cancel(self.session, reason="sakit", actor=factories.SYSTEM, now=clock.now())

    @property
    def slug(self) -> str:
        return db.session().get_one(Diklat, self.diklat).slug


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def test_each_code_has_its_true_answer(world: World) -> None:
    with at(world.begins + timedelta(minutes=5)):
        code = world.open(minutes=15)
        assert world.type(world.sri, "000000" if code != "000000" else "111111") is Answer.WRONG
        assert world.type(world.budi, code) is Answer.WAITING
        assert world.type(world.cici, code) is Answer.NOT_ENROLLED
        assert world.type(world.sri, code) is Answer.PRESENT
        assert world.type(world.sri, code) is Answer.ALREADY
    with at(world.begins + timedelta(minutes=30)):
        assert world.type(world.sri, code) is Answer.ALREADY
        with db.transaction():
            services.mark_by_hand(
                world.session, [world.sri], present=False, reason="pergi", actor=factories.SYSTEM, now=clock.now()
            )
        assert world.type(world.sri, world.open()) is Answer.TAKEN_AWAY


def test_a_code_that_has_closed_is_late(world: World) -> None:
    with at(world.begins):
        code = world.open(minutes=15)
    with at(world.begins + timedelta(minutes=15)):
        assert world.type(world.sri, code) is Answer.LATE


@pytest.mark.parametrize("before", [0, 10])
def test_a_code_counts_from_the_beginning(world: World, before: int) -> None:
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), code_opens_minutes=before)
    with at(world.begins - timedelta(minutes=15)):
        code = world.open()
    with at(world.begins - timedelta(minutes=before, seconds=1)):
        assert world.type(world.sri, code) is Answer.EARLY
    with at(world.begins - timedelta(minutes=before)):
        assert world.type(world.sri, code) is Answer.PRESENT


def test_ten_guesses_are_one_line_and_then_no_more(world: World) -> None:
    with at(world.begins + timedelta(minutes=5)):
        code = world.open()
        for guess in range(10):
            assert world.type(world.sri, f"{(int(code) + 1 + guess) % 1_000_000:06}") is Answer.WRONG
        assert world.type(world.sri, code) is Answer.TOO_MANY
        (line,) = queries.missed_codes(world.diklat)
        assert (line.times, line.last.person.name) == (10, "Sri")


def test_the_same_sending_again_is_the_same_guess(world: World) -> None:
    with at(world.begins + timedelta(minutes=5)):
        code = world.open()
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        for key in ("a", "a", "b", "a", None, None):
            assert world.type(world.sri, wrong, key) is Answer.WRONG
        (line,) = queries.missed_codes(world.diklat)
        assert line.times == 4
        for key in "cdefgh":
            assert world.type(world.sri, wrong, key) is Answer.WRONG
        assert world.type(world.sri, wrong, "h") is Answer.WRONG
        assert world.type(world.sri, code, "i") is Answer.TOO_MANY


def test_other_digits_under_the_same_key_are_another_guess(world: World) -> None:
    with at(world.begins + timedelta(minutes=5)):
        code = world.open()
        for guess in range(10):
            wrong = f"{(int(code) + 1 + guess) % 1_000_000:06}"
            assert world.type(world.sri, wrong, "same") is Answer.WRONG
        (line,) = queries.missed_codes(world.diklat)
        assert line.times == 10
        assert world.type(world.sri, code, "same") is Answer.TOO_MANY


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (lambda world: sa.update(Diklat).values(state=DiklatState.CLOSED), Answer.FINAL),
        (lambda world: sa.update(LiveSession).values(state=SessionState.CANCELLED), Answer.CALLED_OFF),
        (lambda world: sa.update(Enrolment).values(state=EnrolmentState.CANCELLED), Answer.NOT_ENROLLED),
        (lambda world: sa.update(CheckIn).values(closes_at=clock.now()), Answer.LATE),
    ],
)
def test_what_changed_while_it_waited_decides(
    world: World, monkeypatch: pytest.MonkeyPatch, change: Callable[[World], sa.Update], answer: Answer
) -> None:
    def wait(model: type[db.Base], id: int) -> None:
        db.session().execute(change(world), execution_options={"synchronize_session": False})

    with at(world.begins + timedelta(minutes=5)):
        code = world.open()
        monkeypatch.setattr(db, "share", wait)
        assert world.type(world.sri, code) is answer


def test_an_earlier_window_of_the_session_and_one_of_another_never_count(world: World) -> None:
    other = factories.live_session(world.diklat, world.begins + timedelta(minutes=1), title="Sejajar").id
    with at(world.begins + timedelta(minutes=5)):
        first, second = world.open(), world.open()
        with db.transaction():
            elsewhere = services.open_check_in(other, minutes=60, actor=factories.SYSTEM, now=clock.now()).code
        assert len({first, second, elsewhere}) == 3
        assert world.type(world.sri, first) is Answer.LATE
        assert world.type(world.sri, elsewhere) is Answer.PRESENT
        assert (queries.presence_of(world.session, world.sri), world.why) == (None, "")
        assert world.type(world.sri, second) is Answer.PRESENT


def test_each_code_that_is_asked_for_has_to_be_typed(world: World) -> None:
    world.ask(3)
    with at(world.begins):
        assert queries.due_code(world.session) is Part.START
        assert world.type(world.sri, world.open()) is Answer.NOTED
        assert world.why == "no_middle_code"
    with at(world.begins + timedelta(hours=1)):
        assert queries.due_code(world.session) is Part.MIDDLE
        middle = world.open()
        assert world.type(world.sri, middle) is Answer.NOTED
        assert world.type(world.sri, middle) is Answer.NOTED
        assert world.why == "no_end_code"
    with at(world.begins + timedelta(hours=3)):
        assert queries.due_code(world.session) is Part.END
        assert world.type(world.sri, world.open()) is Answer.PRESENT
        assert world.why == "code"
        assert queries.due_code(world.session) is Part.END


def test_a_code_that_is_not_asked_for_is_not_opened(world: World) -> None:
    with at(world.begins):
        for part in (Part.MIDDLE, Part.END):
            with pytest.raises(CodeNotAsked):
                world.open(part=part)
        world.ask(2)
        with pytest.raises(CodeNotAsked):
            world.open(part=Part.MIDDLE)
        assert world.type(world.sri, world.open(part=Part.END)) is Answer.NOTED
        assert world.why == "no_start_code"


def test_codes_are_added_until_the_end_and_taken_away_at_any_time(world: World) -> None:
    with at(world.begins):
        assert world.type(world.sri, world.open()) is Answer.PRESENT
        world.ask(2)
        assert world.why == "no_end_code"
        assert queries.presence_of(world.session, world.sri) is None
    with at(world.begins + timedelta(hours=3)):
        with pytest.raises(CodesNotAddable):
            world.ask(3)
        world.ask(2)
        world.ask(1)
        assert world.why == "code"


def test_the_pages_name_the_code_that_is_due(world: World, client_of: Opener) -> None:
    panitia = factories.person("Rina", Role.PANITIA).id
    number = db.session().get_one(LiveSession, world.session).number
    base = f"/kelola/diklat/{world.slug}/sesi/{number}"
    with at(world.begins + timedelta(minutes=1)):
        staff = client_of(panitia)
        assert 'name="bagian"' not in staff.get(f"{base}/jalankan").get_data(as_text=True)
        staff.post(f"{base}/jalankan/kode", data={"jumlah": "2"})
        assert "Berikutnya: <b>kode awal</b>" in staff.get(f"{base}/jalankan").get_data(as_text=True)
        assert staff.post(f"{base}/jalankan/kode", data={"jumlah": "9"}).status_code == 303
        assert len(queries.asked_codes(world.session)) == 2
        staff.post(f"{base}/kode/buka", data={"menit": "15", "bagian": "middle"})
        assert queries.check_in(world.session) is None
        staff.post(f"{base}/kode/buka", data={"menit": "15", "bagian": "start"})
        window = queries.check_in(world.session)
        assert window is not None
        page = staff.get(f"{base}/jalankan").get_data(as_text=True)
        assert ("<b>Kode awal</b>" in page, "Berikutnya: <b>kode akhir</b>" in page) == (True, True)
        assert "<b>Kode awal</b>" in staff.get(f"{base}/kode").get_data(as_text=True)
        teacher, own = client_of(world.sri), f"/belajar/{world.slug}/sesi/{number}"
        assert "Kode awal: belum diisi" in teacher.get(own).get_data(as_text=True)
        teacher.post("/hadir", data={"kode": window.code, "kunci": "a1"})
        page = teacher.get(own).get_data(as_text=True)
        assert "Kode awal: tercatat" in page
        assert "Kode akhir: belum diisi" in page
        assert "Kode awal sudah tercatat." in page


def test_nothing_is_marked_in_a_session_called_off(world: World) -> None:
    with at(world.begins + timedelta(minutes=5)):
        code = world.open()
        world.cancel()
        assert world.type(world.sri, code) is Answer.CALLED_OFF
        _all_refuse(world, CheckInNotOpen, {"why": "cancelled"})


def test_nothing_is_marked_in_a_diklat_called_off(world: World) -> None:
    with at(world.begins + timedelta(minutes=5)):
        code = world.open()
        with db.transaction():
            states.cancel(world.diklat, reason="banjir", actor=factories.SYSTEM, now=clock.now())
        assert world.type(world.sri, code) is Answer.FINAL
        _all_refuse(world, AttendanceFinal, {"state": "cancelled"})


def test_nothing_is_marked_in_a_closed_diklat(world: World) -> None:
    with at(world.begins + timedelta(days=7)):
        with db.transaction():
            states.close(world.diklat, actor=factories.SYSTEM, now=clock.now())
        _all_refuse(world, AttendanceFinal, {"state": "closed"})


def _all_refuse(world: World, error: type[Exception], facts: dict[str, str]) -> None:
    now, who = clock.now(), factories.SYSTEM
    for act in (
        lambda: services.open_check_in(world.session, minutes=15, actor=who, now=now),
        lambda: services.mark_by_hand(world.session, [world.sri], present=True, reason="x", actor=who, now=now),
        lambda: factories.listed(world.session, {world.sri: None}, source="x", actor=who, now=now),
        lambda: services.ask_codes(world.session, 2, actor=who, now=now),
    ):
        with pytest.raises(error) as refused, db.transaction():
            act()
        assert refused.value.facts == facts
    assert queries.presence_of(world.session, world.sri) is None


@pytest.mark.parametrize("who", ["budi", "cici", "left"])
def test_whoever_has_no_seat_is_marked_at_no_door(world: World, who: str) -> None:
    if who == "left":
        with db.transaction():
            enrolment.leave(world.diklat, world.sri, actor=factories.SYSTEM, now=clock.now())
    person_id = world.sri if who == "left" else getattr(world, who)
    with at(world.begins + timedelta(minutes=5)):
        for act in (
            lambda now: services.mark_by_hand(
                world.session, [person_id], present=True, reason="x", actor=factories.SYSTEM, now=now
            ),
            lambda now: factories.listed(
                world.session, {person_id: 100.0}, source="x", actor=factories.SYSTEM, now=now
            ),
        ):
            with pytest.raises(NotAParticipant), db.transaction():
                act(clock.now())


def test_a_running_session_can_be_prolonged_and_its_speaker_keeps_the_page(world: World, client_of: Opener) -> None:
    speaker = factories.person("Tri", Role.NARASUMBER).id
    with db.transaction():
        speaking.confirm(
            db.session().get_one(LiveSession, world.session),
            speaker,
            Duty.SPEAKER,
            actor=factories.SYSTEM,
            now=clock.now(),
        )
    ends = world.begins + timedelta(hours=4)
    with at(world.begins + timedelta(hours=2)):
        plan = sessions.SessionPlan(title="Pagi", starts_at=world.begins, ends_at=ends, jp=4)
        with db.transaction():
            sessions.change(world.session, plan, actor=factories.SYSTEM, now=clock.now())
    number = db.session().get_one(LiveSession, world.session).number
    link = f"/kelola/diklat/{world.slug}/sesi/{number}/jalankan"
    for minutes, shown in ((29, True), (31, False)):
        with at(ends + timedelta(minutes=minutes)):
            assert (link in client_of(speaker).get("/relawan/jadwal").get_data(as_text=True)) is shown


def test_nobody_enrols_after_the_last_session(world: World) -> None:
    with db.transaction() as session:
        session.get_one(Diklat, world.diklat).enrol_closes_at = world.begins + timedelta(days=90)
    with at(world.begins + timedelta(days=8)), pytest.raises(EnrolmentClosed) as refused, db.transaction():
        enrolment.join(world.diklat, world.cici, actor=factories.SYSTEM, now=clock.now())
    assert refused.value.facts["why"] == "ended"


def test_the_page_says_so_and_leads_to_the_enrolment(world: World, client_of: Opener) -> None:
    with at(world.begins + timedelta(minutes=5)):
        code = world.open()
        answer = client_of(world.cici).post("/hadir", data={"kode": code})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "belum terdaftar" in page
        assert f'href="/diklat/{world.slug}"' in page


def test_each_answer_that_counts_for_nobody_leads_on(world: World, client_of: Opener) -> None:
    session_page = f'href="/belajar/{world.slug}/sesi/{db.session().get_one(LiveSession, world.session).number}"'

    def page(person_id: int, code: str) -> str:
        return client_of(person_id).post("/hadir", data={"kode": code}).get_data(as_text=True)

    with at(world.begins - timedelta(minutes=5)):
        code = world.open(minutes=15)
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        assert session_page not in page(world.sri, wrong)  # nothing to appeal against yet
    with at(world.begins + timedelta(minutes=5)):
        assert session_page in page(world.sri, wrong)
        assert session_page not in page(world.cici, wrong)
        assert f'href="/diklat/{world.slug}/terdaftar"' in page(world.budi, code)
    with at(world.begins + timedelta(minutes=30)):
        assert session_page in page(world.sri, code)  # late
        fresh = world.open()
        with db.transaction():
            services.mark_by_hand(
                world.session, [world.sri], present=False, reason="pergi", actor=factories.SYSTEM, now=clock.now()
            )
        assert session_page in page(world.sri, fresh)  # taken away
        with db.transaction():
            appeals.ask(world.session, world.sri, "Saya hadir.", actor=factories.SYSTEM, now=clock.now())
        assert session_page not in page(world.sri, fresh)
