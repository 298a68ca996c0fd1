"""In which colour a state is told, and whose uniform stands for a level."""

from __future__ import annotations

from calakan.diklat.models import DiklatState
from calakan.enrolment.models import BroadcastState
from calakan.kernel.askable import Askable
from calakan.kernel.claims import WorkState
from calakan.narasumber.models import NoteKind, VolunteerState
from calakan.people.models import Jenjang

_OK, _WARN, _BAD, _INFO = "tag-ok", "tag-warn", "tag-err", "tag-info"
_TONES: dict[type[Askable], dict[Askable, str]] = {
    BroadcastState: {BroadcastState.SENT: _OK, BroadcastState.STOPPED: _BAD},
    DiklatState: {
        DiklatState.PROPOSED: _WARN,
        DiklatState.PUBLISHED: _OK,
        DiklatState.CLOSED: _INFO,
        DiklatState.CANCELLED: _BAD,
    },
    NoteKind: {
        NoteKind.SUBSTITUTED: _OK,
        NoteKind.MISSED: _BAD,
        NoteKind.UNANSWERED: _WARN,
        NoteKind.STEPPED_BACK: _WARN,
    },
    VolunteerState: {VolunteerState.APPLIED: _WARN, VolunteerState.APPROVED: _OK, VolunteerState.DECLINED: _BAD},
    WorkState: {WorkState.DONE: _OK, WorkState.FAILED: _BAD, WorkState.UNCERTAIN: _WARN},
}
_SHARED_UNIFORMS = {Jenjang.SMK: Jenjang.SMA.value, Jenjang.SLB: Jenjang.SMA.value, Jenjang.MADRASAH: "umum"}


def tone(member: Askable) -> str:
    """The class of the tag for this member; empty for the neutral one. Raises KeyError for a class without tones."""
    return _TONES[type(member)].get(member, "")


def uniform(level: Jenjang) -> str:
    """The level whose colour is known for this one."""
    return _SHARED_UNIFORMS.get(level, level.equals.value)
