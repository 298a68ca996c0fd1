"""What may be done to many people of a diklat at once, and how the chosen travel from page to page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from werkzeug.datastructures import MultiDict

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, LiveSession
from calakan.enrolment.models import EnrolmentState
from calakan.kernel.askable import Askable

MOST_PICKED = 300  # one by one: their codes stand in the address of the list
MOST_AT_ONCE = 3000
_CODE = re.compile(r"[0-9A-Z]{1,12}")


class Act(Askable):
    MESSAGE = "pesan"
    MARK = "hadir"
    EXCEPT = "luluskan"
    MOVE = "pindah"
    PAPERS = "sertifikat"
    SEAT = "kursi"
    REMOVE = "batal"


def offered(diklat: Diklat, stage: EnrolmentState, *, now: datetime) -> list[Act]:
    """What may be done to people of this stage, by the state of the diklat."""
    running, closed = diklat.state is DiklatState.PUBLISHED, diklat.state is DiklatState.CLOSED
    over = diklat.ends_at is not None and diklat.ends_at <= now
    seated, cancelled = stage is EnrolmentState.CONFIRMED, stage is EnrolmentState.CANCELLED
    held = {
        Act.MESSAGE: running or closed,
        Act.SEAT: running and not over and stage is EnrolmentState.WAITING,
        Act.MARK: running and seated and bool(begun(diklat.id, now=now)),
        Act.EXCEPT: (running or closed) and seated,
        Act.MOVE: running and not cancelled,
        Act.PAPERS: closed and seated,
        Act.REMOVE: running and not cancelled,
    }
    return [act for act, true in held.items() if true]


def begun(diklat_id: int, *, now: datetime) -> list[LiveSession]:
    """Sessions in which somebody may be marked."""
    return [session for session in diklat_queries.sessions_of(diklat_id) if session.starts_at <= now]


def joined(codes: Iterable[str]) -> str:
    """Codes of people as one word of an address."""
    return ".".join(dict.fromkeys(codes))


def parted(text: str) -> list[str]:
    """The same read again; what is no code is passed over."""
    return [code for code in dict.fromkeys(text.split(".")) if _CODE.fullmatch(code)]


def sent(form: MultiDict[str, str]) -> list[str]:
    """Those who were ticked before, then those who are ticked on this page."""
    return parted(joined([*parted(form.get("dipilih", "")), *form.getlist("orang")]))
