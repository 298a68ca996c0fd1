"""What participants let us print: giving the consent, taking it back, and choosing for the report."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.models import LiveSession
from calakan.feedback.errors import QuoteEmpty, QuotesFull
from calakan.feedback.models import Consent, Quote
from calakan.kernel import db
from calakan.kernel.actor import Actor

# A handful a year: a report is read by people in a hurry.
MOST = 6


def keep(session_id: int, person_id: int, text: str, consent: Consent, *, day: date) -> None:
    """Part of answering. The trail says nothing of it: beside the anonymous entry it would name who answered. Raises QuoteEmpty."""
    if not text.strip():
        raise QuoteEmpty()
    db.session().add(
        Quote(live_session_id=session_id, person_id=person_id, text=text[:2000], consent=consent, given_on=day)
    )


def withdraw(quote_id: int, *, actor: Actor, now: datetime) -> None:
    """The words go for good, from the report and from the digest alike."""
    quote = db.lock(Quote, quote_id)
    db.session().delete(quote)
    db.session().flush()
    audit.record("feedback.withdraw_quote", actor=actor, now=now)


def choose(quote_id: int, *, actor: Actor, now: datetime) -> None:
    """Into the first free place of the year of its session; choosing it again changes nothing. Raises QuotesFull, QuotePlaceTaken."""
    quote = db.lock(Quote, quote_id)
    if quote.chosen:
        return
    year = db.session().get_one(LiveSession, quote.live_session_id).local_date.year
    held = set(db.session().scalars(sa.select(Quote.place).where(Quote.year == year)))
    free = [place for place in range(1, MOST + 1) if place not in held]
    if not free:
        raise QuotesFull(most=MOST, year=year)
    quote.year, quote.place = year, free[0]
    db.session().flush()
    audit.record("feedback.choose_quote", quote, actor=actor, now=now, name=str(year))


def drop(quote_id: int, *, actor: Actor, now: datetime) -> None:
    quote = db.lock(Quote, quote_id)
    if not quote.chosen:
        return
    year, quote.year, quote.place = quote.year, None, None
    db.session().flush()
    audit.record("feedback.drop_quote", quote, actor=actor, now=now, name=str(year))
