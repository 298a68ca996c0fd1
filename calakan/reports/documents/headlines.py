"""The figures that stand for a whole period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from calakan.kernel import formats
from calakan.kernel.actor import Actor
from calakan.reports import queries
from calakan.reports.coverage import coverage
from calakan.reports.documents import exports, measures
from calakan.reports.terms import Dimension, Filters, Stage
from calakan.reports.turnout import Turnout

MOST_HEADLINES = 5


@dataclass(frozen=True)
class Headline:
    """A figure that stands for the period; `before` says what it was in the one of equal length before it, if known."""

    value: str
    noun: str
    told: str
    before: str = ""


def headlines(turnout: Turnout, actor: Actor, now: datetime) -> list[Headline]:
    """At most five figures, those first that say most; what has no data is left out."""
    found = (
        _people_reached(turnout, actor),
        _schools_reached(turnout, actor),
        _share_passed(turnout),
        _gain_told(turnout.filters, now),
        _hours_given(turnout.filters, now),
        _contentment(turnout.filters),
    )
    return [headline for headline in found if headline is not None][:MOST_HEADLINES]


def _people_reached(turnout: Turnout, actor: Actor) -> Headline | None:
    shares, people = turnout.total
    if not people:
        return None
    courses = len(turnout.rows([Dimension.DIKLAT]))
    before = ""
    earlier = _earlier(turnout.filters)
    if earlier is not None and (then := queries.total(earlier, visible_to=actor)[1]):
        before = f"{exports.period(earlier)}: {formats.number(then)}"
    told = f"{formats.number(shares)} kali ikut pada {formats.number(courses)} diklat yang sudah terlaksana"
    return Headline(formats.number(people), "peserta unik", told, before)


def _earlier(filters: Filters) -> Filters | None:
    """The period of equal length before this one; of whole years, the years before."""
    since, until = filters.since, filters.until
    if since is None or until is None:
        return None
    try:
        last = since - timedelta(days=1)
        if (since.month, since.day, until.month, until.day) == (1, 1, 12, 31):
            return replace(filters, since=since.replace(year=since.year * 2 - until.year - 1), until=last)
        return replace(filters, since=last - (until - since), until=last)
    except (OverflowError, ValueError):  # before there were dates
        return None


def _schools_reached(turnout: Turnout, actor: Actor) -> Headline | None:
    found = coverage(turnout.filters, visible_to=actor)
    reached = sum(1 for school in found.schools if school.reached)
    if not reached:
        return None
    places = sum(1 for place in found.places if place.reached)
    told = (
        f"dari {formats.number(len(found.schools))} sekolah yang terdaftar, "
        f"di {places} dari {len(found.places)} kecamatan"
    )
    return Headline(formats.number(reached), "sekolah dengan peserta", told)


def _share_passed(turnout: Turnout) -> Headline | None:
    enrolled, passed = turnout.total[0], turnout.at(Stage.PASSED).total[0]
    if not passed:
        return None
    told = f"{formats.number(passed)} dari {formats.number(enrolled)} kali ikut"
    return Headline(f"{formats.number(round(passed * 100 / enrolled, 1))}%", "memenuhi syarat kehadiran", told)


def _gain_told(filters: Filters, now: datetime) -> Headline | None:
    found = measures.gain(filters, now)
    if found is None or found[1].gain <= 0:
        return None
    gain = found[1]
    told = (
        f"rata-rata tes {formats.number(gain.before)} menjadi {formats.number(gain.after)} dari 100, "
        f"{formats.number(gain.people)} peserta"
    )
    return Headline(f"+{formats.number(gain.gain)}", "kenaikan nilai tes", told)


def _hours_given(filters: Filters, now: datetime) -> Headline | None:
    found = measures.duties(filters, now)
    if not found:
        return None
    people = len({person for person, _ in found})
    told = f"oleh {formats.number(people)} narasumber dan moderator dalam {formats.number(len(found))} penugasan"
    return Headline(formats.number(measures.hours(found)), "jam relawan", told)


def _contentment(filters: Filters) -> Headline | None:
    found = measures.means(filters)
    if found is None:
        return None
    answers, means = found
    told = f"dari 4, rata-rata {formats.number(answers)} jawaban angket"
    return Headline(formats.number(round(sum(means) / len(means), 2)), "kepuasan peserta", told)
