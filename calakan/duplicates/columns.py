"""What of an account goes along when it becomes another one. A table that is new wants its line here; a test asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from calakan.kernel import db

MOVES = (
    "enrolment.person_id", "certificate.person_id", "committee_member.person_id", "year_paper.person_id", "outside_jp.person_id",
    "appeal.person_id", "missed_code.person_id", "attendance_line.person_id", "line_claim.person_id",
    "submission.person_id", "attempt.person_id", "session_answered.person_id", "quote.person_id",
    "survey_answered.person_id",
    "passing_exception.person_id", "assignment.person_id", "volunteer_note.person_id", "assignment_letter.person_id",
    "review_note.person_id", "diklat.lead_id", "message.person_id", "wish.person_id", "roster_claim.person_id",
    "roster_row.person_id", "busy_time.person_id", "person_role.person_id", "person_scope.person_id",
    "saved_report.person_id",
)  # fmt: skip
"""Rows that are about the person. One that would stand twice (a role that both have) stays where it is."""
BY_THEMSELVES = ("evidence.person_id", "decision.person_id", "presence.person_id")
"""Signs move and decisions are made anew, by the room that knows how."""
STAYS = (
    # Ways in, and ways to be reached, were proven by whoever holds the account; a wrong merge must give nobody a key.
    "login.person_id", "second_factor.person_id", "recovery_code.person_id", "one_time_link.person_id",
    "mail_code.person_id", "passkey.person_id", "passkey_challenge.person_id", "issuer_account.person_id",
    "channel_address.person_id", "push_subscription.person_id", "bounce.person_id", "muted_topic.person_id",
    "inbox_seen.person_id", "busy_source.person_id", "report_schedule.person_id", "export.asked_by_id",
    # What was agreed to counts for the account that agreed.
    "consent.person_id", "notice_acceptance.person_id", "name_confirmation.person_id",
    # The offer to speak is one whole page; an account that has one is the one to be kept.
    "volunteer.person_id",
    # Made of the account's own name and address.
    "person_word.person_id",
    # Who did something is told as it was.
    "audit_entry.actor_id", "trail_link.erased_id", "design_version.made_by", "past_list.made_by_id",
    "correction.decided_by", "outside_jp.decided_by_id", "presence.marked_by_id", "evidence.by_id", "appeal.decided_by_id",
    "attendance_batch.made_by_id", "material_version.added_by_id", "volunteer_note.author_id",
    "submission.reviewed_by_id", "roster_list.made_by_id", "roster_line.person_id",
    "roster_claim.decided_by_id",
    "passing_exception.given_by_id", "broadcast.created_by_id", "share_link.sent_by_id",
    "likely_pair.first_id", "likely_pair.second_id", "person_merge.kept_id", "person_merge.gone_id",
)  # fmt: skip


def column(name: str) -> sa.Column[Any]:
    table, _, column = name.partition(".")
    found: sa.Column[Any] = db.Base.metadata.tables[table].c[column]
    return found


def identity(of: sa.Column[Any]) -> list[sa.Column[Any]]:
    """What tells the rows of one person apart."""
    return [one for one in of.table.primary_key.columns if one is not of]


def doubled(of: sa.Column[Any], kept: int) -> sa.ColumnElement[bool]:
    """Whether a row would stand twice if it were this person's."""
    twin = of.table.alias()
    clashes = []
    for key in _keys(of):
        same = [twin.c[one.name] == one for one in key if one is not of]
        clashes.append(sa.exists().where(twin.c[of.name] == kept, *same))
    return sa.or_(sa.false(), *clashes)


def _keys(of: sa.Column[Any]) -> Iterator[list[sa.Column[Any]]]:
    """The unique keys that the column is a part of."""
    table = of.table
    assert isinstance(table, sa.Table)
    for one in table.constraints:
        if isinstance(one, (sa.UniqueConstraint, sa.PrimaryKeyConstraint)) and of in list(one.columns):
            yield list(one.columns)
    for index in table.indexes:
        if index.unique and of in list(index.columns):
            yield list(index.columns)


def move(of: sa.Column[Any], gone: int, kept: int) -> list[list[Any]]:
    """Give the rows of one to the other, but for those that would stand twice; returns what tells the moved ones apart."""
    table, told = of.table, identity(of)
    assert isinstance(table, sa.Table)
    mine = sa.and_(of == gone, ~doubled(of, kept))
    rows = [list(row) for row in db.session().execute(sa.select(*told).where(mine).order_by(*told))]
    db.session().execute(sa.update(table).where(mine).values({of.name: kept}))
    return rows


def give_back(of: sa.Column[Any], rows: list[list[Any]], gone: int, kept: int) -> None:
    """Those of the rows that are still the other's."""
    told = identity(of)
    table = of.table
    assert isinstance(table, sa.Table)
    for row in rows:
        same = [one == value for one, value in zip(told, row, strict=True)]
        db.session().execute(sa.update(table).where(of == kept, *same).values({of.name: gone}))


def count(of: sa.Column[Any], gone: int, kept: int) -> tuple[int, int]:
    """(rows that would move, rows that would stay)"""
    stays = sa.func.sum(sa.case((doubled(of, kept), 1), else_=0))
    total, doubles = db.session().execute(sa.select(sa.func.count(), stays).where(of == gone)).one()
    return total - int(doubles or 0), int(doubles or 0)
