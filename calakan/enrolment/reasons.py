"""Why somebody has no seat yet, and what comes next, in words."""

from __future__ import annotations

from datetime import datetime

from calakan.diklat.models import Diklat
from calakan.diklat.reasons import released
from calakan.enrolment.seats import Verdict, Why, released_at
from calakan.web.messages import word


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
