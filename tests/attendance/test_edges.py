"""Where a rule of presence ends, to the second, and what the trail says of each act."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.attendance import batches, checking_in, queries, recounting, retention, services, sheets
from calakan.attendance.errors import CheckInNotOpen, CodesNotAddable
from calakan.attendance.lanes import Left, Plan, Verdict, Why
from calakan.attendance.models import CheckIn, Kind, Part
from calakan.attendance.people import Index, Participant
from calakan.attendance.rules import LATE, Rule, Sign, lacking_codes
from calakan.attendance.services import AFTER_END, BEFORE_START
from calakan.audit.models import AuditEntry
from calakan.diklat.models import LiveSession, PresenceRule
from calakan.diklat.services import sessions
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from tests import factories
from tests.attendance.test_batches import give, line, store, undo
from tests.attendance.test_claims import HEAD, applied, claim, click
from tests.attendance.test_claims import row as list_row
from tests.attendance.test_codes import World, at
from tests.attendance.test_evidence import answer, ask
from tests.attendance.test_lists import Meeting
from tests.security.test_equal_answers import statements

SYSTEM, SECOND = factories.SYSTEM, timedelta(seconds=1)


@pytest.fixture
def world(app: Flask) -> World:
    return World()


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return Meeting()


def acts() -> list[str]:
    db.session().rollback()
    wanted = sa.select(AuditEntry.act).where(AuditEntry.act.startswith("attendance.")).order_by(AuditEntry.id)
    return [act.removeprefix("attendance.") for act in db.session().scalars(wanted)]


def close(world: World) -> None:
    with db.transaction():
        services.close_check_in(world.session, actor=SYSTEM, now=clock.now())


def test_the_trail_tells_of_codes_and_appeals(world: World) -> None:
    world.ask(2)
    world.ask(2)  # as it was
    with at(world.begins):
        world.open()
        for _ in range(2):
            close(world)
        ask(world, world.sri)
        answer(world, grant=True)
    assert acts() == [
        "ask_codes", "open_check_in", "close_check_in", "appeal", "mark_by_hand", "answer_appeal",
    ]  # fmt: skip


@pytest.mark.parametrize("grant", [True, False])
def test_an_appeal_that_is_granted_holds_the_diklat_before_its_session(world: World, grant: bool) -> None:
    """As whoever marks does: two who hold one and want the other would wait for ever."""
    with at(world.begins):
        ask(world, world.sri)
        with statements() as seen:
            answer(world, grant=grant, text="Tidak tampak")
    held = [found[1] for statement in seen if (found := re.match(r"UPDATE (\w+) SET lock_count", statement))]
    assert held[: held.index("live_session") + 1] == (["diklat", "live_session"] if grant else ["live_session"])


def test_the_trail_tells_of_lists(meeting: Meeting) -> None:
    batch_id = applied(meeting, "Galaxy A12")
    click(meeting, "Slamet", 20)
    assert claim(meeting, line(batch_id, "Galaxy A12").id, "Slamet")
    undo(batch_id)
    with db.transaction():
        assert retention.forget_lists(now=clock.now() + timedelta(days=999)) == 1
    found = acts()
    assert found.index("read_list") < found.index("claim_line") < found.index("undo_list") < found.index("forget_list")


def test_a_code_is_made_a_quarter_before_until_half_an_hour_after(world: World) -> None:
    ends = db.session().get_one(LiveSession, world.session).ends_at
    for moment, why in (
        (world.begins - BEFORE_START - SECOND, "early"),
        (world.begins - BEFORE_START, None),
        (ends + AFTER_END, None),
        (ends + AFTER_END + SECOND, "over"),
    ):
        with at(moment):
            if why is None:
                world.open()
                continue
            with pytest.raises(CheckInNotOpen) as refused:
                world.open()
            assert refused.value.facts["why"] == why
    early, late = db.session().scalars(sa.select(CheckIn).order_by(CheckIn.id)).all()
    assert (early.opens_at, early.closes_at) == (world.begins, world.begins + timedelta(minutes=60))
    assert (late.opens_at, late.closes_at) == (ends + AFTER_END, ends + AFTER_END)


def test_a_new_code_ends_the_older_one_and_leaves_those_of_others(world: World) -> None:
    other = World()
    with at(world.begins + timedelta(minutes=5)):
        first, foreign = world.open(), other.open()
        second = world.open()
        rows = {row.code: row.closes_at for row in db.session().scalars(sa.select(CheckIn))}
        assert (rows[first], rows[second] > clock.now(), rows[foreign] > clock.now()) == (clock.now(), True, True)
        close(world)
        rows = {row.code: row.closes_at for row in db.session().scalars(sa.select(CheckIn))}
        assert (rows[second], rows[foreign] > clock.now()) == (clock.now(), True)


def test_codes_are_added_until_the_session_ends(world: World) -> None:
    ends = db.session().get_one(LiveSession, world.session).ends_at
    with at(ends), pytest.raises(CodesNotAddable):
        world.ask(2)
    with at(ends - SECOND):
        world.ask(2)
        assert queries.asked_codes(world.session) == (Part.START, Part.END)
    with at(ends + SECOND):
        world.ask(1)


def test_marking_begins_with_the_session(world: World) -> None:
    def mark() -> int:
        with db.transaction():
            return services.mark_by_hand(
                world.session, [world.sri], present=True, reason=" terlihat ", actor=SYSTEM, now=clock.now()
            )

    with at(world.begins - SECOND), pytest.raises(CheckInNotOpen):
        mark()
    with at(world.begins):
        assert [mark(), mark()] == [1, 0]
    assert acts() == ["mark_by_hand"]


def test_a_list_given_twice_marks_once_and_its_lines_stay_in_order(meeting: Meeting) -> None:
    shown = [f"Galaxy {number}" for number in range(3)]
    batch_id = store(meeting, HEAD + "".join(map(list_row, shown))).batch_id
    assert [found.shown for found in batches.lines(batch_id)] == shown
    person = meeting.people["Slamet"]
    assert [give(batch_id, {line(batch_id, shown[0]).id: person}) for _ in range(2)] == [1, 0]
    assert meeting.present() == {"Slamet"}


@pytest.mark.parametrize(("many", "called"), [(0, True), (1, False)])
def test_many_decisions_are_left_to_a_worker(
    world: World, many: int, called: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounting, "MANY", many)
    with at(world.begins):
        world.type(world.sri, world.open())
    with db.transaction() as session:
        recounting.ask(world.diklat, now=clock.now())
        assert (recounting.QUEUE in session.info.get("rings", ())) is called


def test_only_codes_are_codes() -> None:
    rule = Rule(PresenceRule.CODE, codes=2)
    signs = [Sign(Kind.JOIN, part=Part.END), Sign(Kind.LINE), Sign(Kind.CODE, part=Part.START)]
    assert lacking_codes(rule, signs) == (Part.END,)
    assert lacking_codes(replace(rule, codes=1), signs[:2]) == (Part.START,)
    assert lacking_codes(replace(rule, codes=1), [Sign(Kind.CODE, part=Part.END)]) == ()


def test_a_number_that_no_list_can_have_finds_none(meeting: Meeting) -> None:
    id = store(meeting, HEAD + list_row("Galaxy 1")).batch_id
    found = batches.batch(id)
    assert found is not None
    assert (found.id, batches.batch(2**31 - 1), batches.batch(2**31)) == (id, None, None)


def test_one_shared_word_is_worth_a_look_from_five_letters_on() -> None:
    index = Index({row.person_id: row for row in (somebody(1, "Budi Wisnu Aji"), somebody(2, "Cici Wati Rini"))})
    assert [row.person_id for row in index.alike(["wisnu lain"])] == [1]
    assert index.alike(["wati lain"]) == []
    assert [row.person_id for row in index.alike(["wati rini"])] == [2]


def somebody(id: int, name: str = "Ani") -> Participant:
    return Participant(id, str(id), name, name, f"{id}@b.id", frozenset(), name.lower())


def test_a_look_accepts_at_once_where_one_line_means_one_person_and_proves_enough() -> None:
    def likely(*left: Left) -> dict[int, float | None]:
        return Plan(found=[], left=left, ignored=0, least_minutes=0).likely

    def line_of(*people: int, verdict: Verdict = Verdict.PRESENT) -> Left:
        return Left((1,), "x", "", 90, Why.ALIKE, [somebody(id) for id in people], verdict, verdict)

    assert likely(line_of(1)) == {1: 90}
    assert likely(line_of(1, 2)) == {}
    assert likely(line_of(1, verdict=Verdict.REVIEW)) == {}
    assert likely(line_of(1), line_of(1)) == {}
    assert likely(line_of(1), line_of(2, 3)) == {1: 90}


def test_a_wrong_code_is_of_the_session_that_its_writer_has_a_seat_in(world: World) -> None:
    with at(world.begins + timedelta(minutes=5)):
        people = (world.sri, world.budi, world.cici)
        found = [checking_in.running_session(id, clock.now(), over=LATE) for id in people]
        assert [session and session.id for session in found] == [world.session, None, None]
        world.type(world.sri, "000000" if world.open() != "000000" else "111111")
        assert sheets._doubts([world.session], [world.budi]) == {}
        assert sheets._doubts([world.session], [world.sri]) == {(world.sri, world.session): sheets.Doubt.GUESS}
        assert sheets._doubts([world.session + 1], [world.sri]) == {}


def test_a_code_is_meant_for_a_session_that_runs_and_was_not_called_off(world: World) -> None:
    other = factories.diklat("Numerasi", days=9).id
    later = factories.live_session(other, world.begins + timedelta(hours=1), hours=1).id
    with db.transaction():
        enrolment.join(other, world.sri, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True)
    ends, second = world.begins + timedelta(hours=3), timedelta(seconds=1)

    def meant(moment: datetime, over: timedelta = AFTER_END) -> int | None:
        found = checking_in.running_session(world.sri, moment, over=over)
        return found.id if found is not None else None

    assert [meant(world.begins - BEFORE_START - second), meant(world.begins - BEFORE_START)] == [None, world.session]
    assert [meant(ends + AFTER_END - second), meant(ends + AFTER_END)] == [world.session, None]
    assert [meant(ends + AFTER_END, LATE), meant(ends + LATE, LATE)] == [later, None]
    during = world.begins + timedelta(minutes=90)
    assert meant(during) == later
    with db.transaction():
        sessions.cancel(later, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    assert meant(during) == world.session
    world.cancel()
    assert meant(during) is None
