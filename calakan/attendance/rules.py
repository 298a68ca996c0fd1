"""Who may open a check-in and mark presence, when, what no longer changes, and what signs come to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from calakan.attendance.errors import AttendanceFinal, CheckInNotOpen
from calakan.attendance.models import PARTS, Kind, Part, State
from calakan.attendance.stays import Stretch, least_and_most
from calakan.diklat import rules as diklat_rules
from calakan.diklat.models import Diklat, DiklatState, LiveSession, PresenceRule, SessionState
from calakan.kernel.actor import Actor

# A code is made from so long before the session, and counts until so long after it.
BEFORE_START = timedelta(minutes=15)
AFTER_END = timedelta(minutes=30)
# People stand at a door before it begins.
DOOR_OPENS = timedelta(hours=1)
# So long after its window a code is still known, and kept for review.
LATE = timedelta(hours=6)


def may_run(actor: Actor, session: LiveSession) -> bool:
    """The panitia and the lead; confirmed speakers are let in by the policy table, which knows the assignments."""
    return diklat_rules.may_prepare(actor, session.diklat)


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

    def stay(self, lines: Sequence[Sign]) -> tuple[float, float] | None:
        """At least and at most so many minutes by these lines together; None where there are none."""
        length = (self.ends_at - self.starts_at).total_seconds() / 60
        return least_and_most([line.stretch() for line in lines], self.starts_at, self.ends_at, length=length)


@dataclass(frozen=True)
class Sign:
    """A piece of evidence as the rule sees it, in the order of time. `least` is what was asked of this list alone.

    A line that says coming (`at`) and leaving (`until`) counts by these, unless somebody was away in between: then it has
    `minutes` for sure, and `most` at most. `file` is the list that it stands in. A click with `stream` led to the stream.
    """

    kind: Kind
    present: bool = True
    minutes: int | None = None
    least: int | None = None
    part: Part | None = None
    most: int | None = None
    at: datetime | None = None
    until: datetime | None = None
    file: int | None = None
    stream: bool = False

    @property
    def shows(self) -> bool:
        """Whether it says that somebody was there at all; a test and a line with no minute of the session do not."""
        match self.kind:
            case Kind.TEST:
                return bool(self.minutes)
            case Kind.LINE:
                return self.present and (self.minutes is None or max(self.minutes, self.most or 0) > 0)
            case _:
                return True

    def stretch(self) -> Stretch:
        """Of a line with minutes."""
        fewest = float(self.minutes or 0)
        if self.until is None:
            return Stretch(fewest, fewest if self.most is None else float(self.most), file=self.file)
        most = fewest if self.most is None else float(self.most)
        return Stretch(fewest, most, self.at, self.until, whole=self.most is None, file=self.file)


class Reason(StrEnum):
    """The reason of a decision."""

    MARKED_PRESENT = "marked_present"
    MARKED_ABSENT = "marked_absent"
    CODE = "code"
    CODE_AND_ROOM = "code_and_room"
    STREAM = "stream"
    MINUTES = "minutes"
    LISTED = "listed"
    SCANNED = "scanned"
    TEST = "test"
    SHORT = "short"
    PARTLY = "partly"
    OUTSIDE = "outside"
    LISTED_ABSENT = "listed_absent"
    CONTRADICTED = "contradicted"
    NO_CODE = "no_code"
    NO_START_CODE = "no_start_code"
    NO_MIDDLE_CODE = "no_middle_code"
    NO_END_CODE = "no_end_code"
    NO_ROOM = "no_room"
    NO_LIST = "no_list"
    NO_MINUTES = "no_minutes"
    ONLY_JOINED = "only_joined"
    ONLY_STREAM = "only_stream"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Verdict:
    state: State
    minutes: int | None
    why: Reason


def decide(rule: Rule, window: Window, signs: Sequence[Sign]) -> Verdict:
    """The newest mark of the panitia is above all, be it written or made at the door; otherwise the rule of the diklat.

    More signs never mean fewer minutes. A list that says that somebody was not there never speaks for him: what would make
    him present all the same waits for a person.
    """
    minutes = _minutes(window, signs)
    seen = [sign for sign in signs if sign.kind in (Kind.HAND, Kind.SCAN)]
    if seen and not seen[-1].present:
        return Verdict(State.ABSENT, minutes, Reason.MARKED_ABSENT)
    if seen:
        return Verdict(State.PRESENT, minutes, Reason.SCANNED if seen[-1].kind is Kind.SCAN else Reason.MARKED_PRESENT)
    state, reason = _by_rule(rule, window, signs)
    if state is not State.ABSENT and any(_denies(sign) for sign in signs):
        state, reason = State.REVIEW, Reason.CONTRADICTED
    return Verdict(state, minutes, reason)


def _denies(sign: Sign) -> bool:
    return sign.kind is Kind.LINE and not sign.present


def _minutes(window: Window, signs: Sequence[Sign]) -> int | None:
    """Those of the lines together, or of the longest test."""
    sat = [sign.minutes for sign in signs if sign.kind is Kind.TEST and sign.minutes is not None]
    listed = window.stay(_timed(signs))
    return max([*sat, *([int(listed[0])] if listed is not None else [])], default=None)


def _timed(signs: Sequence[Sign]) -> list[Sign]:
    return [sign for sign in signs if sign.kind is Kind.LINE and sign.present and sign.minutes is not None]


def _by_rule(rule: Rule, window: Window, signs: Sequence[Sign]) -> tuple[State, Reason]:
    """A test that was sat in the session shows who was there then: as much as the room, and for its own minutes.

    Who was sent to the stream is on no list of the room: where minutes are asked, the click and the codes stand for them.
    """
    kinds = {sign.kind for sign in signs if sign.shows}
    code, listed = Kind.CODE in kinds, bool(kinds & {Kind.LINE, Kind.TEST})
    if not code and not listed:
        return State.ABSENT, _nothing(signs)
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
        case PresenceRule.MINUTES if any(sign.stream for sign in signs) and (code or not listed):
            return (State.PRESENT, Reason.STREAM) if code else (State.REVIEW, no_code)
        case PresenceRule.MINUTES:
            outside = any(sign.kind is Kind.LINE for sign in signs)
            none = Reason.OUTSIDE if outside else Reason.NO_LIST
            return _by_minutes(rule, window, signs) if listed else (State.REVIEW, none)
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


def _nothing(signs: Sequence[Sign]) -> Reason:
    """Why there is nothing to weigh."""
    lines = [sign for sign in signs if sign.kind is Kind.LINE]
    if any(_denies(sign) for sign in lines):
        return Reason.LISTED_ABSENT
    if lines:
        return Reason.OUTSIDE
    if any(sign.stream for sign in signs):
        return Reason.ONLY_STREAM
    return Reason.ONLY_JOINED if any(sign.kind is Kind.JOIN for sign in signs) else Reason.NOTHING


def _by_minutes(rule: Rule, window: Window, signs: Sequence[Sign]) -> tuple[State, Reason]:
    """Lines without times prove minutes to nobody, unless the diklat counts a code as well: then being listed is enough."""
    lines = [sign for sign in signs if sign.kind is Kind.LINE and sign.shows]
    surely, perhaps = _long_enough(rule, window, lines)
    if surely:
        return State.PRESENT, Reason.MINUTES
    sat = [sign.minutes for sign in signs if sign.kind is Kind.TEST and sign.minutes]
    if sat and max(sat) >= window.enough(rule):
        return State.PRESENT, Reason.TEST
    untimed = any(sign.minutes is None for sign in lines)
    if untimed and rule.kind is PresenceRule.CODE_OR_MINUTES:
        return State.PRESENT, Reason.LISTED
    if perhaps or untimed:
        return State.REVIEW, Reason.PARTLY if perhaps else Reason.NO_MINUTES
    if not lines:
        return State.REVIEW, Reason.NO_LIST if rule.kind is PresenceRule.MINUTES else Reason.NO_CODE
    code = any(sign.kind is Kind.CODE for sign in signs)
    return (State.REVIEW if code or sat else State.ABSENT), Reason.SHORT


def _long_enough(rule: Rule, window: Window, lines: Sequence[Sign]) -> tuple[bool, bool]:
    """Surely, and perhaps: all lines together that ask for no more than what they come to."""
    asked = [(sign, window.enough(rule) if sign.least is None else sign.least) for sign in _timed(lines)]
    found = [
        (stay, least)
        for least in {least for _, least in asked}
        if (stay := window.stay([sign for sign, own in asked if own <= least])) is not None
    ]
    return any(stay[0] >= least for stay, least in found), any(stay[1] >= least for stay, least in found)
