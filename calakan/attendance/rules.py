"""Who may open a check-in and mark presence, when, what no longer changes, and what signs come to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from calakan.attendance.errors import AttendanceFinal, CheckInNotOpen
from calakan.attendance.models import PARTS, Kind, Part, State
from calakan.diklat.models import Diklat, DiklatState, LiveSession, PresenceRule, SessionState
from calakan.kernel.actor import Actor, Role

# A code is made from so long before the session, and counts until so long after it.
BEFORE_START = timedelta(minutes=15)
AFTER_END = timedelta(minutes=30)
# So long after its window a code is still known, and kept for review.
LATE = timedelta(hours=6)
# Reports of meetings round their minutes.
ROUNDING = 2


def may_run(actor: Actor, session: LiveSession) -> bool:
    """The panitia and the lead; confirmed speakers are let in by the policy table, which knows the assignments."""
    return actor.is_committee or (actor.has(Role.NARASUMBER) and session.diklat.lead_id == actor.person_id)


def refuse_unmarkable(diklat: Diklat, session: LiveSession) -> None:
    """The same at every door: pages, lists, programs. Raises AttendanceFinal, CheckInNotOpen for a session called off."""
    if diklat.state is not DiklatState.PUBLISHED:
        raise AttendanceFinal(state=diklat.state.value)
    if session.state is SessionState.CANCELLED:
        raise CheckInNotOpen(why="cancelled")


def refuse_ahead(session: LiveSession, *, now: datetime) -> None:
    """Nobody was there yet. Raises CheckInNotOpen."""
    if session.starts_at > now:
        raise CheckInNotOpen(why="ahead", opens_at=session.starts_at)


@dataclass(frozen=True)
class Rule:
    """`percent` of the scheduled minutes is what the minutes of a list must reach; so many `codes` are asked for."""

    kind: PresenceRule
    percent: int = 80
    codes: int = 1


@dataclass(frozen=True)
class Window:
    """The scheduled time of a session."""

    starts_at: datetime
    ends_at: datetime

    def enough(self, rule: Rule) -> int:
        """Minutes, rounded upward."""
        length = int((self.ends_at - self.starts_at).total_seconds()) // 60
        return -(-length * rule.percent // 100)


@dataclass(frozen=True)
class Sign:
    """A piece of evidence as the rule sees it, in the order of time. `least` is what was asked of this list alone."""

    kind: Kind
    present: bool = True
    minutes: int | None = None
    least: int | None = None
    part: Part | None = None


class Reason(StrEnum):
    """The reason of a decision."""

    MARKED_PRESENT = "marked_present"
    MARKED_ABSENT = "marked_absent"
    CODE = "code"
    CODE_AND_ROOM = "code_and_room"
    MINUTES = "minutes"
    LISTED = "listed"
    SCANNED = "scanned"
    TEST = "test"
    SHORT = "short"
    NO_CODE = "no_code"
    NO_START_CODE = "no_start_code"
    NO_MIDDLE_CODE = "no_middle_code"
    NO_END_CODE = "no_end_code"
    NO_ROOM = "no_room"
    NO_LIST = "no_list"
    NO_MINUTES = "no_minutes"
    ONLY_JOINED = "only_joined"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Verdict:
    state: State
    minutes: int | None
    why: Reason


def decide(rule: Rule, window: Window, signs: Sequence[Sign]) -> Verdict:
    """The newest mark of the panitia is above all, be it written or made at the door; otherwise the rule of the diklat.

    More signs never mean fewer minutes.
    """
    minutes = max((sign.minutes for sign in signs if sign.minutes is not None), default=None)
    seen = [sign for sign in signs if sign.kind in (Kind.HAND, Kind.SCAN)]
    if seen and not seen[-1].present:
        return Verdict(State.ABSENT, minutes, Reason.MARKED_ABSENT)
    if seen:
        return Verdict(State.PRESENT, minutes, Reason.SCANNED if seen[-1].kind is Kind.SCAN else Reason.MARKED_PRESENT)
    state, reason = _by_rule(rule, window, signs)
    return Verdict(state, minutes, reason)


def _by_rule(rule: Rule, window: Window, signs: Sequence[Sign]) -> tuple[State, Reason]:
    """A test that was sat in the session shows who was there then: as much as the room, and for its own minutes."""
    kinds = {sign.kind for sign in signs if sign.kind is not Kind.TEST or sign.minutes}
    code, listed = Kind.CODE in kinds, bool(kinds & {Kind.LINE, Kind.TEST})
    if not code and not listed:
        return State.ABSENT, Reason.ONLY_JOINED if Kind.JOIN in kinds else Reason.NOTHING
    lacking = lacking_codes(rule, signs)
    no_code = _NO_CODE[lacking[0]] if code and lacking else Reason.NO_CODE
    code = code and not lacking
    match rule.kind:
        case PresenceRule.CODE:
            return (State.PRESENT, Reason.CODE) if code else (State.REVIEW, no_code)
        case PresenceRule.CODE_AND_ROOM:
            if not code:
                return State.REVIEW, no_code
            there = listed or Kind.JOIN in kinds
            return (State.PRESENT, Reason.CODE_AND_ROOM) if there else (State.REVIEW, Reason.NO_ROOM)
        case PresenceRule.MINUTES:
            return _by_minutes(rule, window, signs) if listed else (State.REVIEW, Reason.NO_LIST)
        case PresenceRule.CODE_OR_MINUTES:
            if code:
                return State.PRESENT, Reason.CODE
            return _by_minutes(rule, window, signs) if listed else (State.REVIEW, no_code)


_NO_CODE = {
    Part.START: Reason.NO_START_CODE,
    Part.MIDDLE: Reason.NO_MIDDLE_CODE,
    Part.END: Reason.NO_END_CODE,
}


def lacking_codes(rule: Rule, signs: Sequence[Sign]) -> tuple[Part, ...]:
    """Codes that were not typed; a session that asks for one takes any."""
    typed = {sign.part or Part.START for sign in signs if sign.kind is Kind.CODE}
    if rule.codes == 1 and typed:
        return ()
    return tuple(part for part in PARTS[rule.codes] if part not in typed)


def _by_minutes(rule: Rule, window: Window, signs: Sequence[Sign]) -> tuple[State, Reason]:
    """Lines without times prove minutes to nobody, unless the diklat counts a code as well: then being listed is enough."""
    lines = [sign for sign in signs if sign.kind is Kind.LINE]
    timed = [(sign.minutes, window.enough(rule) if sign.least is None else sign.least) for sign in lines]
    if any(minutes is not None and minutes + ROUNDING >= least for minutes, least in timed):
        return State.PRESENT, Reason.MINUTES
    sat = [sign.minutes for sign in signs if sign.kind is Kind.TEST and sign.minutes]
    if sat and max(sat) >= window.enough(rule):
        return State.PRESENT, Reason.TEST
    untimed = any(minutes is None for minutes, _ in timed)
    if untimed and rule.kind is PresenceRule.CODE_OR_MINUTES:
        return State.PRESENT, Reason.LISTED
    if untimed:
        return State.REVIEW, Reason.NO_MINUTES
    if not lines:
        return State.REVIEW, Reason.NO_LIST if rule.kind is PresenceRule.MINUTES else Reason.NO_CODE
    code = any(sign.kind is Kind.CODE for sign in signs)
    return (State.REVIEW if code or sat else State.ABSENT), Reason.SHORT
