"""Why somebody has no seat yet, and what comes next, in words."""

from __future__ import annotations

from datetime import datetime

from calakan.diklat.models import Diklat
from calakan.diklat.reasons import released
from calakan.enrolment import services
from calakan.enrolment.errors import EnrolmentClosed
from calakan.enrolment.seats import Verdict, Why, released_at
from calakan.people.models import Jenjang
from calakan.web.messages import sentence, word


def waits(diklat: Diklat, verdict: Verdict) -> str:
    """One sentence; nothing for who has a seat or may have one."""
    if verdict.why is Why.SHARE and diklat.seat_by is not None:
        whose = word(diklat.seat_by).lower()
        return f"Kursi untuk {whose} Bapak/Ibu sudah terisi ({verdict.taken} dari {verdict.most})."
    if verdict.why is Why.UNKNOWN and diklat.seat_by is not None:
        whose = word(diklat.seat_by).lower()
        return f"Kursi dibagi menurut {whose}, dan {whose} Bapak/Ibu belum tercatat pada profil."
    return f"Semua kursi sudah terisi ({verdict.most})." if verdict.why is Why.FULL else ""


def following(diklat: Diklat, verdict: Verdict, *, now: datetime) -> str:
    """What gives a seat to who waits, as the end of a sentence that begins with the waiting list."""
    at = released_at(diklat)
    if verdict.why is Why.UNKNOWN:
        return "kursi diberikan sesudah profil dilengkapi"
    if verdict.why is Why.SHARE and at is not None and at > now:
        return f"kursi dilepas {released(diklat, at)}"
    return "kursi diberikan menurut urutan begitu ada yang batal"


def closed(diklat: Diklat, *, now: datetime) -> str:
    """Why nobody can join now; nothing while anybody can."""
    try:
        services.check_open(diklat, now=now)
    except EnrolmentClosed as error:
        return sentence(error)
    return ""


def sought(words: str, level: str) -> str:
    """What a wish is about: `“numerasi” untuk SD`."""
    meant = "lintas jenjang" if level == "umum" else word(Jenjang(level)) if level else ""
    about = f"diklat “{words}”" if words else "diklat"
    return f"{about} untuk {meant}" if meant else about
