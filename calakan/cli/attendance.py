"""Attendance from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from calakan.cli import cli
from calakan.cli.app import application
from calakan.kernel.actor import system

WHY = {
    "unknown": "no participant of this name, address or number",
    "ambiguous": "several participants bear this name",
    "not_enrolled": "has an account, but no seat in this diklat",
    "contradiction": "address and number belong to different participants",
}
VERDICTS = {
    "present": "present",
    "already": "marked before",
    "short": "too short",
    "late": "answered outside the session",
    "taken_away": "taken away by hand before, left so",
}


@cli.group()
def attendance() -> None:
    """Presence in sessions."""


@attendance.command("import")
@click.argument("session")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be marked, and mark nothing.")
@click.option("--minutes", type=click.IntRange(0, 720), help="Least minutes to count; default 80 % of the session.")
@click.option("--json", "as_json", is_flag=True)
def import_list(session: str, file: Path, dry_run: bool, minutes: int | None, as_json: bool) -> None:
    """Mark presence in SESSION (SLUG/SESSION_NO) from a CSV or XLSX: Zoom, Meet, Forms, or a column of names.

    Exits 1 when lines are left that mark nobody.
    """
    slug, _, number = session.rpartition("/")
    if not (number.isascii() and number.isdigit() and len(number) < 5):
        sys.exit("calakan: name the session as SLUG/SESSION_NO, such as asesmen-formatif/1")
    with application():
        from calakan.attendance import imports, matching  # with its command alone
        from calakan.diklat.queries import live_session
        from calakan.kernel import clock, db

        found = live_session(slug, int(number))
        if found is None:
            sys.exit(f"calakan: no session {session}")
        content, id = file.read_bytes(), found.id
        if dry_run:
            plan = matching.plan(found, content, least_minutes=minutes)
        else:
            with db.transaction():
                plan = imports.import_list(
                    id,
                    content,
                    least_minutes=minutes,
                    source=file.name,
                    actor=system("command line"),
                    now=clock.now(),
                )
        _tell(plan, as_json=as_json, dry_run=dry_run)
        sys.exit(1 if plan.left else 0)


def _tell(plan: Any, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        click.echo(json.dumps(_facts(plan), ensure_ascii=False))
        return
    for row in plan.found:
        there = f"{row.minutes:g} min" if row.minutes is not None else "no times"
        lines = ",".join(str(line) for line in row.lines)
        click.echo(
            f"{VERDICTS[row.verdict.value]}: {row.participant.printed_name} (line {lines}, by {row.by.value}, {there})"
        )
    for row in plan.left:
        who = ", ".join(candidate.printed_name for candidate in row.candidates)
        lines = ",".join(str(line) for line in row.lines)
        click.echo(f"line {lines}: {row.shown!r}: {WHY[row.why.value]}{f'; perhaps {who}' if who else ''}", err=True)
    if plan.elsewhere:
        click.echo("the times in this file all lie outside the session: is it the right one?", err=True)
    present = sum(1 for row in plan.found if row.verdict.value == "present")
    click.echo(
        f"{present} {'would be marked' if dry_run else 'marked'}, {len(plan.found) - present} found but not marked, "
        f"{len(plan.doubles)} on several lines, {len(plan.left)} left, {plan.ignored} lines ignored; "
        f"least {plan.least_minutes} minutes"
    )


def _facts(plan: Any) -> dict[str, Any]:
    return {
        "least_minutes": plan.least_minutes,
        "ignored": plan.ignored,
        "elsewhere": plan.elsewhere,
        "found": [
            {
                "person": row.participant.code,
                "name": row.participant.printed_name,
                "by": row.by.value,
                "lines": list(row.lines),
                "minutes": row.minutes,
                "verdict": row.verdict.value,
            }
            for row in plan.found
        ],
        "left": [
            {
                "shown": row.shown,
                "lines": list(row.lines),
                "why": row.why.value,
                "candidates": [candidate.code for candidate in row.candidates],
            }
            for row in plan.left
        ],
    }
