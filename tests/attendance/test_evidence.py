"""Signs of presence, the rule that weighs them, and what follows: an approved table of mixes, and the services."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

from calakan.attendance import appeals, evidence, joining, letters, queries, services
from calakan.attendance.checking_in import Answer
from calakan.attendance.errors import (
    AppealAnswered,
    AppealMade,
    AppealTooEarly,
    AppealWithoutNeed,
    CheckInNotOpen,
    NotAParticipant,
    NotEnrolledHere,
    RoomNotOpen,
)
from calakan.attendance.models import AppealState, Evidence, Kind, Method, Part, Presence, State
from calakan.attendance.rules import Rule, Sign, Window, decide
from calakan.diklat.errors import ReasonMissing
from calakan.diklat.models import Diklat, LiveSession, PresenceRule
from calakan.diklat.services import details, sessions
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.notifications.models import Message
from tests import factories
from tests.attendance.decisions import decision_of
from tests.attendance.test_codes import World, at

Opener = Callable[[int | None], FlaskClient]
BEGINS = datetime(2026, 3, 2, 2, tzinfo=UTC)
WINDOW = Window(BEGINS, BEGINS + timedelta(minutes=150))
APPROVED = Path(__file__).with_name("mixes.txt")
SIGNS = {
    "masuk": Sign(Kind.JOIN),
    "siaran": Sign(Kind.JOIN, stream=True),
    "kode": Sign(Kind.CODE),
    "kode tengah": Sign(Kind.CODE, part=Part.MIDDLE),
    "kode akhir": Sign(Kind.CODE, part=Part.END),
    "daftar": Sign(Kind.LINE),
    "117 menit": Sign(Kind.LINE, minutes=117),
    "120 menit": Sign(Kind.LINE, minutes=120),
    "70 menit pagi": Sign(Kind.LINE, minutes=70, at=BEGINS, until=BEGINS + timedelta(minutes=70)),
    "70 menit siang": Sign(
        Kind.LINE, minutes=70, at=BEGINS + timedelta(minutes=80), until=BEGINS + timedelta(minutes=150)
    ),
    "70-130 menit": Sign(Kind.LINE, minutes=70, most=130),
    "0 menit": Sign(Kind.LINE, minutes=0),
    "alpa": Sign(Kind.LINE, present=False),
    "tes 40 menit": Sign(Kind.TEST, minutes=40),
    "tes 120 menit": Sign(Kind.TEST, minutes=120),
    "tes di luar sesi": Sign(Kind.TEST),
    "di pintu": Sign(Kind.SCAN),
    "panitia: hadir": Sign(Kind.HAND),
    "panitia: tidak": Sign(Kind.HAND, present=False),
}
MIXES = (
    (), ("masuk",), ("kode",), ("daftar",), ("117 menit",), ("120 menit",), ("masuk", "kode"), ("kode", "daftar"),
    ("kode", "117 menit"), ("kode", "120 menit"), ("masuk", "117 menit"), ("masuk", "120 menit"),
    ("117 menit", "120 menit"), ("daftar", "117 menit"), ("masuk", "kode", "117 menit"), ("panitia: hadir",),
    ("panitia: tidak",), ("kode", "panitia: tidak"), ("117 menit", "panitia: hadir"),
    ("panitia: tidak", "panitia: hadir"), ("panitia: hadir", "panitia: tidak", "kode"),
    ("tes 40 menit",), ("tes 120 menit",), ("tes di luar sesi",), ("masuk", "tes di luar sesi"), ("masuk", "tes 40 menit"),
    ("kode", "tes 40 menit"), ("kode", "tes di luar sesi"), ("daftar", "tes 40 menit"), ("117 menit", "tes 40 menit"),
    ("120 menit", "tes 40 menit"), ("117 menit", "tes 120 menit"), ("tes 40 menit", "tes 120 menit"),
    ("tes 120 menit", "panitia: tidak"), ("di pintu",), ("di pintu", "117 menit"), ("panitia: tidak", "di pintu"),
    ("di pintu", "panitia: tidak"), ("70 menit pagi",), ("70 menit pagi", "70 menit siang"), ("70 menit pagi", "70 menit pagi"),
    ("70-130 menit",), ("70-130 menit", "70 menit pagi"), ("0 menit",), ("0 menit", "kode"), ("0 menit", "masuk"),
    ("0 menit", "120 menit"), ("alpa",), ("alpa", "masuk"), ("alpa", "kode"), ("alpa", "daftar"), ("alpa", "117 menit"),
    ("alpa", "120 menit"), ("alpa", "tes 120 menit"), ("alpa", "kode", "120 menit"), ("alpa", "panitia: hadir"),
    ("alpa", "di pintu"), ("0 menit", "daftar"), ("siaran",), ("siaran", "kode"), ("siaran", "117 menit"),
    ("siaran", "120 menit"), ("siaran", "daftar"), ("siaran", "kode", "117 menit"), ("siaran", "tes 40 menit"),
    ("siaran", "kode", "alpa"), ("siaran", "kode", "panitia: tidak"), ("siaran", "0 menit"), ("siaran", "kode", "0 menit"),
)  # fmt: skip


# How many codes a session asks for, and what was typed of them.
PARTLY = (
    (1, ("kode akhir",)), (2, ("kode",)), (2, ("kode akhir",)), (2, ("kode", "kode akhir")),
    (3, ("kode", "kode akhir")), (3, ("kode", "kode tengah", "kode akhir")),
    (2, ("masuk", "kode", "kode akhir")), (2, ("masuk", "kode")), (2, ("kode", "120 menit")), (2, ("kode", "117 menit")),
    (2, ("siaran", "kode")), (2, ("siaran", "kode", "kode akhir")), (3, ("siaran", "kode", "kode akhir", "117 menit")),
)  # fmt: skip


def line(rule: PresenceRule, mix: tuple[str, ...], codes: int = 1) -> str:
    verdict = decide(Rule(rule, 80, codes), WINDOW, [SIGNS[name] for name in mix])
    minutes = "-" if verdict.minutes is None else str(verdict.minutes)
    asked = f"{rule.value}{f' {codes} kode' if codes > 1 else ''}"
    return f"{asked:20}{' + '.join(mix) or '-':42}{verdict.state.value:9}{minutes:>4}  {verdict.why.value}"


def test_the_table_of_mixes() -> None:
    """After an intended change: APPROVE=1, and read the diff. A session of 150 minutes, 80 % of them asked."""
    lines = [line(rule, mix) for rule in PresenceRule for mix in MIXES]
    lines += [line(rule, mix, codes) for rule in PresenceRule for codes, mix in PARTLY]
    assert len(lines) >= 60
    if os.environ.get("APPROVE"):
        APPROVED.write_text("\n".join(lines) + "\n")
    assert lines == APPROVED.read_text().splitlines()


@given(
    some.sampled_from(PresenceRule),
    some.lists(some.sampled_from([sign for sign in SIGNS.values() if sign.present]), max_size=5),
    some.sampled_from([sign for sign in SIGNS.values() if sign.present]),
    some.sampled_from([1, 2, 3]),
)
def test_one_more_sign_of_presence_takes_nothing_away(
    rule: PresenceRule, signs: list[Sign], more: Sign, codes: int
) -> None:
    before, after = (decide(Rule(rule, codes=codes), WINDOW, held) for held in (signs, [*signs, more]))
    assert (after.minutes or 0) >= (before.minutes or 0)
    assert before.state is not State.PRESENT or after.state is State.PRESENT


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def rule(world: World, kind: PresenceRule, percent: int = 80) -> None:
    diklat = db.session().get_one(Diklat, world.diklat)
    given = details.Details(
        title=diklat.title, summary=diklat.summary, quota=1, presence_rule=kind, presence_percent=percent
    )
    with db.transaction():
        details.change(world.diklat, given, actor=factories.SYSTEM, now=clock.now())


def room(world: World, **values: Any) -> None:
    given = {"room_url": "https://zoom.example/1", **values}
    plan = sessions.SessionPlan(
        title="Pagi",
        starts_at=world.begins,
        ends_at=world.begins + timedelta(hours=3),
        jp=4,
        **given,
    )
    with db.transaction():
        sessions.change(world.session, plan, actor=factories.SYSTEM, now=clock.now())


def enter(world: World, person_id: int) -> str:
    with db.transaction():
        return joining.enter(world.session, person_id, actor=factories.SYSTEM, now=clock.now())


def listed(world: World, minutes: float | None, source: str = "zoom.csv") -> int:
    with db.transaction():
        return factories.listed(
            world.session, {world.sri: minutes}, source=source, actor=factories.SYSTEM, now=clock.now()
        )


def marked(world: World, *, present: bool) -> None:
    with db.transaction():
        services.mark_by_hand(
            world.session, [world.sri], present=present, reason="dilihat", actor=factories.SYSTEM, now=clock.now()
        )


def stands(world: World) -> tuple[State | None, str, bool | None]:
    """The decision with its reason, and what the presence says."""
    db.session().rollback()
    decision = decision_of(world.session, world.sri)
    mark = queries.presence_of(world.session, world.sri)
    return (
        decision.state if decision is not None else None,
        decision.why if decision is not None else "",
        mark.present if mark is not None else None,
    )


def test_a_code_alone_waits_where_the_room_is_asked_for(world: World) -> None:
    rule(world, PresenceRule.CODE_AND_ROOM)
    room(world)
    with at(world.begins + timedelta(minutes=5)):
        code = world.open()
        assert world.type(world.sri, code) is Answer.NOTED
        assert world.type(world.sri, code) is Answer.NOTED
        assert stands(world) == (State.REVIEW, "no_room", None)
        enter(world, world.sri)
        assert stands(world) == (State.PRESENT, "code_and_room", True)
        assert world.type(world.sri, code) is Answer.ALREADY
    kinds = db.session().scalars(sa.select(Evidence.kind).order_by(Evidence.id)).all()
    assert kinds == [Kind.CODE, Kind.JOIN]


def test_another_rule_decides_anew(world: World) -> None:
    rule(world, PresenceRule.MINUTES)
    with at(world.begins + timedelta(hours=4)):
        assert listed(world, 100.4) == 0
        assert stands(world) == (State.ABSENT, "short", None)
        rule(world, PresenceRule.MINUTES, 50)
        assert stands(world) == (State.PRESENT, "minutes", True)
        rule(world, PresenceRule.CODE)
        assert stands(world) == (State.REVIEW, "no_code", None)
        rule(world, PresenceRule.CODE_OR_MINUTES, 50)
        assert stands(world) == (State.PRESENT, "minutes", True)


def test_the_same_list_twice_says_it_once_and_the_panitia_are_above_it(world: World) -> None:
    with at(world.begins + timedelta(hours=4)):
        assert [listed(world, 150), listed(world, 150)] == [1, 0]
        assert db.session().scalar(sa.select(sa.func.count()).select_from(Evidence)) == 1
        marked(world, present=False)
        assert stands(world) == (State.ABSENT, "marked_absent", False)
        assert listed(world, 150, "lain.csv") == 0
        assert stands(world) == (State.ABSENT, "marked_absent", False)
        marked(world, present=True)
        assert stands(world) == (State.PRESENT, "marked_present", True)


def test_what_was_recorded_in_another_way_is_evidence_too(world: World) -> None:
    room(world)
    with db.transaction() as session:
        session.add(
            Presence(
                live_session_id=world.session, person_id=world.sri, present=True, method=Method.CODE,
                marked_at=world.begins,
            )
        )  # fmt: skip
    with at(world.begins + timedelta(minutes=9)):
        enter(world, world.sri)
        assert stands(world) == (State.PRESENT, "code", True)
        rule(world, PresenceRule.MINUTES)
        assert stands(world) == (State.REVIEW, "no_list", None)


def test_who_comes_when_the_room_is_full_gets_the_stream_and_keeps_it(world: World) -> None:
    room(world, stream_url="https://youtube.example/2", room_capacity=1)
    with db.transaction() as session:
        session.get_one(Diklat, world.diklat).quota = 2
        session.execute(sa.text("UPDATE enrolment SET state = 'confirmed'"))
    with at(world.begins):
        assert enter(world, world.sri) == "https://zoom.example/1"
        assert enter(world, world.budi) == "https://youtube.example/2"
        assert enter(world, world.sri) == "https://zoom.example/1"
    room_count = db.session().scalar(sa.select(sa.func.count()).select_from(Evidence))
    assert room_count == 2


@pytest.mark.parametrize(
    ("who", "minutes", "link", "error"),
    [
        ("cici", 5, True, NotEnrolledHere),
        ("budi", 5, True, NotEnrolledHere),
        ("sri", -31, True, RoomNotOpen),
        ("sri", 211, True, RoomNotOpen),
        ("sri", 5, False, NotFound),
    ],
)
def test_nobody_else_and_at_no_other_time(
    world: World, who: str, minutes: int, link: bool, error: type[Exception]
) -> None:
    if link:
        room(world)
    with at(world.begins + timedelta(minutes=minutes)), pytest.raises(error):
        enter(world, getattr(world, who))
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Evidence)) == 0


def test_a_session_called_off_has_no_way_in(world: World) -> None:
    room(world)
    world.cancel()
    with at(world.begins), pytest.raises(CheckInNotOpen):
        enter(world, world.sri)


def ask(world: World, person_id: int, text: str = "HP saya mati.") -> None:
    with db.transaction():
        appeals.ask(world.session, person_id, text, actor=factories.SYSTEM, now=clock.now())


def answer(world: World, *, grant: bool, text: str = "") -> None:
    with db.transaction():
        appeals.answer(world.session, world.sri, grant=grant, text=text, actor=factories.SYSTEM, now=clock.now())


def told(kind: str) -> list[int]:
    return list(db.session().scalars(sa.select(Message.person_id).where(Message.kind == kind)))


@pytest.mark.parametrize("grant", [True, False])
def test_an_appeal_is_answered_once_and_both_are_told(world: World, grant: bool) -> None:
    staff = factories.person("Rina", Role.PANITIA).id
    with at(world.begins + timedelta(hours=1)):
        ask(world, world.sri)
        assert told(appeals.ASKED) == [staff]
        message = db.session().scalars(sa.select(Message).where(Message.kind == appeals.ASKED)).one()
        letter = letters.appeal_asked(message, clock.now())
        assert letter is not None
        with pytest.raises(AppealMade):
            ask(world, world.sri)
        assert [row.person_id for row in appeals.waiting(world.diklat)] == [world.sri]
        answer(world, grant=grant, text="Terlihat di rekaman")
        assert told(appeals.ANSWERED) == [world.sri]
        db.session().expire_all()
        assert letters.appeal_asked(message, clock.now()) is None
        reply = db.session().scalars(sa.select(Message).where(Message.kind == appeals.ANSWERED)).one()
        assert letters.appeal_answered(reply, clock.now()) is not None
        assert stands(world)[2] is (True if grant else None)
        with pytest.raises(AppealAnswered):
            answer(world, grant=grant, text="x")
        found = appeals.of_person(world.session, world.sri)
        assert found is not None
        assert found.state is (AppealState.GRANTED if grant else AppealState.REFUSED)
        assert appeals.waiting(world.diklat) == []


def test_what_is_no_appeal(world: World) -> None:
    with at(world.begins - timedelta(minutes=1)), pytest.raises(AppealTooEarly):
        ask(world, world.sri)
    with at(world.begins + timedelta(minutes=9)):
        with pytest.raises(ReasonMissing):
            ask(world, world.sri, "  ")
        for person_id in (world.budi, world.cici):
            with pytest.raises(NotAParticipant):
                ask(world, person_id)
        with pytest.raises(NotFound):
            answer(world, grant=True)
        world.type(world.sri, world.open())
        with pytest.raises(AppealWithoutNeed):
            ask(world, world.sri)


def test_a_refusal_needs_a_word(world: World) -> None:
    with at(world.begins + timedelta(minutes=9)):
        ask(world, world.sri)
        with pytest.raises(ReasonMissing):
            answer(world, grant=False)


def test_no_appeal_in_a_session_called_off(world: World) -> None:
    world.cancel()
    with at(world.begins + timedelta(minutes=9)), pytest.raises(CheckInNotOpen):
        ask(world, world.sri)


def test_the_page_of_a_session(world: World, client_of: Opener) -> None:
    room(world)
    number = db.session().get_one(LiveSession, world.session).number
    page = f"/belajar/{world.slug}/sesi/{number}"
    with at(world.begins - timedelta(hours=2)):
        early = client_of(world.sri).get(page).get_data(as_text=True)
        assert "Tautan ruang terbuka" in early
        assert f'data-mulai="{world.begins.isoformat()}"' in early
        assert "Mulai dalam 0 hari 2 jam 0 menit" in early
        assert f"{page}/ruang" not in early
        assert client_of(world.sri).get(f"{page}/ruang").headers["Location"] == page
        assert client_of(world.cici).get(page).status_code == 302
    with at(world.begins + timedelta(minutes=5)):
        world.open()
        browser = client_of(world.sri)
        shown = browser.get(page).get_data(as_text=True)
        assert "data-mulai" not in shown
        assert f'href="{page}/ruang"' in shown
        assert 'name="kode"' in shown
        assert browser.get(f"{page}/ruang").headers["Location"] == "https://zoom.example/1"
        assert "Masuk ruang" in browser.get(page).get_data(as_text=True)
        assert browser.post(f"{page}/ajukan", data={"text": ""}).status_code == 422
        assert browser.post(f"{page}/ajukan", data={"text": "HP saya mati."}).status_code == 303
        assert "Menunggu jawaban panitia" in browser.get(page).get_data(as_text=True)
        staff = client_of(factories.person("Rina", Role.PANITIA).id)
        sheet = f"/kelola/diklat/{world.slug}/kehadiran"
        assert "HP saya mati." in staff.get(sheet).get_data(as_text=True)
        code = db.session().scalars(sa.text("SELECT code FROM person WHERE id = :id").bindparams(id=world.sri)).one()
        typed = {"sesi": number, "orang": code, "terima": "1", "jawaban": "Baik"}
        assert staff.post(f"{sheet}/ajuan", data=typed).status_code == 302
        assert stands(world) == (State.PRESENT, "marked_present", True)
        assert "Diterima: Baik" in client_of(world.sri).get(page).get_data(as_text=True)
        assert evidence.of_people(world.session, [world.sri])
