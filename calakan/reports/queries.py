"""Counts of participation by one to three dimensions. Reads only, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from calakan.diklat.models import Diklat
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor
from calakan.reports import measuring, stages
from calakan.reports.terms import Dimension, Filters, Report, Row, Stage, Summary
from calakan.reports.turnout import Turnout


def participation(by: Sequence[Dimension], filters: Filters | None = None, *, visible_to: Actor) -> Report:
    """Rows of one to three different dimensions, both totals, and what else is asked for. Raises ValueError for any other number."""
    turnout = Turnout(filters or Filters(), visible_to=visible_to)
    return measuring.measured(turnout.report([Dimension(name) for name in by]), turnout, now=clock.now())


def rows(dimensions: Sequence[Dimension], filters: Filters, *, visible_to: Actor) -> list[Row]:
    """Only the rows of such a report."""
    return Turnout(filters, visible_to=visible_to).rows(dimensions)


def total(filters: Filters, *, visible_to: Actor) -> tuple[int, int]:
    """Participations, and the people behind them."""
    return Turnout(filters, visible_to=visible_to).total


def summary(turnout: Turnout) -> Summary:
    """The same filters at three stages."""
    enrolled, people = turnout.at(Stage.ENROLLED).total
    passed, _ = turnout.at(Stage.PASSED).total
    certified, _ = turnout.at(Stage.CERTIFIED).total
    return Summary(enrolled, people, passed, certified)


def diklat_choices() -> Sequence[tuple[str, str]]:
    """(slug, title) of whatever can have participants, the latest first."""
    found = db.session().execute(
        sa.select(Diklat.slug, Diklat.title).where(stages.counted()).order_by(Diklat.starts_at.desc(), Diklat.id.desc())
    )
    return [(slug, title) for slug, title in found]
