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
    "ambiguous": "several people bear this name",
    "not_enrolled": "has an account, but no seat in this diklat",
    "contradiction": "address, number and name belong to different people",
    "waiting": "on the waiting list, so no participant",
    "one_word": "a name of one word, which others may bear",
    "beside": "something else stands beside the name",
    "several": "two participants on one line",
    "twice": "the name stands on another line as well",
    "alike": "alike, or a part of the name alone",
    "panelist": "a panelist in this report",
    "nameless": "names nobody",
    "marks": "has marks that nobody can read",
    "claimed": "participants say that it is theirs",
}
VERDICTS = {
    "present": "present",
    "likely": "likely present, not counted",
    "already": "marked before",
    "short": "too short",
    "late": "answered outside the session",
    "absent": "not there by this list",
    "review": "to be looked at, not counted",
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
@click.option("--unit", type=click.Choice(["minutes", "seconds", "hours"]), help="Of durations without a unit.")
@click.option("--accept-likely", is_flag=True, help="Mark likely ones too, where one line may mean one person alone.")
@click.option("--json", "as_json", is_flag=True)
def import_list(
    session: str, file: Path, dry_run: bool, minutes: int | None, unit: str | None, accept_likely: bool, as_json: bool
) -> None:
    """Mark presence in SESSION (SLUG/SESSION_NO) from a CSV or XLSX: Zoom, Teams, Meet, Forms, or a column of names.

    Only certain lines are applied; the rest is printed. Exits 1 when lines are left that mark nobody.
    """
    slug, _, number = session.rpartition("/")
    if not (number.isascii() and number.isdigit() and len(number) < 5):
        sys.exit("calakan: name the session as SLUG/SESSION_NO, such as asesmen-formatif/1")
    with application():
        from calakan.attendance import imports, matching  # with its command alone
        from calakan.diklat.queries import live_session
        from calakan.kernel import clock, db
        from calakan.tables.reading import ahead

        found = live_session(slug, int(number))
        if found is None:
            sys.exit(f"calakan: no session {session}")
        content, id, done = file.read_bytes(), found.id, None
        if dry_run:
            plan = imports.rehearse(found, content, least_minutes=minutes, unit=unit or "", now=clock.now())
        else:
            with ahead(content), db.transaction():
                done = imports.import_list(
                    id,
                    content,
                    least_minutes=minutes,
                    source=file.name,
                    accept_likely=accept_likely,
                    unit=unit or "",
                    actor=system("command line"),
                    now=clock.now(),
                )
            plan = done.plan
        accepted = (frozenset(plan.likely) if accept_likely else frozenset()) if done is None else done.accepted
        _tell(plan, done, as_json=as_json, accepted=accepted)
        sys.exit(1 if plan.left or plan.having(matching.Verdict.LIKELY, matching.Verdict.REVIEW) else 0)


@attendance.command("batches")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True)
def batches(slug: str, as_json: bool) -> None:
    """The lists that were read for the sessions of a diklat, the newest first."""
    with application():
        # The models need the application.
        from calakan.attendance import batches as services
        from calakan.diklat.queries import by_slug

        diklat = by_slug(slug)
        if diklat is None:
            sys.exit(f"calakan: no diklat {slug}")
        rows = [
            {
                "id": row.id,
                "session": row.live_session.number,
                "file": row.file_name,
                "sha256": row.file_hash,
                "state": row.state.value,
                "read_at": row.made_at.isoformat(),
            }
            for row in services.batches(diklat.id)
        ]
        if as_json:
            click.echo(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            click.echo(
                f"{row['id']}: {row['file']} for session {row['session']}, {row['state']}, read {row['read_at']}"
            )


@attendance.command("undo")
@click.argument("batch", type=click.IntRange(1, 2**31 - 1))
def undo(batch: int) -> None:
    """Take back every presence that the list BATCH made; refused when papers rest on it."""
    with application():
        # The models need the application.
        from calakan.certificates.undoing import undo_list
        from calakan.kernel import clock, db

        with db.transaction():
            gone = undo_list(batch, actor=system("command line"), now=clock.now())
        click.echo(f"{gone} presences taken back")


def _tell(plan: Any, done: Any, *, as_json: bool, accepted: frozenset[int]) -> None:
    """`done` is None when nothing was to be changed."""
    if as_json:
        stored = {} if done is None else {"batch": done.batch_id, "again": done.again, "marked": done.marked}
        click.echo(json.dumps({**_facts(plan, accepted), **stored}, ensure_ascii=False))
        return
    if done is not None and done.again:
        click.echo(f"this file was applied before, as batch {done.batch_id}", err=True)
    for row in plan.found:
        there = f"{row.minutes:g} min" if row.minutes is not None else "no times"
        lines = ",".join(str(line) for line in row.lines)
        verdict = VERDICTS[_verdict(row, accepted)]
        said = f", {row.said!r}" if row.said else ""
        click.echo(f"{verdict}: {row.participant.printed_name} (line {lines}, by {row.by.value}, {there}{said})")
    for row in plan.left:
        who = ", ".join(candidate.printed_name for candidate in row.candidates)
        lines = ",".join(str(line) for line in row.lines)
        click.echo(f"line {lines}: {row.shown!r}: {WHY[row.why.value]}{f'; perhaps {who}' if who else ''}", err=True)
    if plan.elsewhere:
        click.echo("the times in this file all lie outside the session: is it the right one?", err=True)
    if plan.hidden:
        click.echo(f"{plan.hidden} hidden rows of the sheet were not read", err=True)
    for sheet in plan.unread:
        click.echo(f"sheet {sheet!r} lists nobody and was not read", err=True)
    sure = {row.participant.person_id for row in plan.found if row.verdict.value == "present"}
    others = sum(1 for row in plan.found if _verdict(row, accepted) != "present")
    click.echo(
        f"{len(sure | accepted) if done is None else done.marked} {'would be marked' if done is None else 'marked'}, {others} found but not marked, "
        f"{len(plan.doubles)} on several lines, {len(plan.left)} left, {plan.ignored} lines ignored; "
        f"least {plan.least_minutes} minutes"
    )


def _verdict(row: Any, accepted: frozenset[int]) -> str:
    """`present` for whoever counts, and for nobody else."""
    return "present" if row.participant.person_id in accepted else str(row.verdict.value)


def _facts(plan: Any, accepted: frozenset[int]) -> dict[str, Any]:
    return {
        "least_minutes": plan.least_minutes,
        "ignored": plan.ignored,
        "elsewhere": plan.elsewhere,
        "found": [
            {
                "person": row.participant.code,
                "name": row.participant.printed_name,
                "email": row.participant.email,
                "lane": row.lane.value,
                "by": row.by.value,
                "lines": list(row.lines),
                "minutes": row.minutes,
                "verdict": _verdict(row, accepted),
                "why": (row.unclear or row.why).value if row.unclear or row.why else None,
                "said": row.said,
            }
            for row in plan.found
        ],
        "left": [
            {
                "shown": row.shown,
                "email": row.email,
                "lane": row.lane.value,
                "lines": list(row.lines),
                "minutes": row.minutes,
                "why": row.why.value,
                "candidates": [{"person": each.code, "name": each.printed_name} for each in row.candidates],
            }
            for row in plan.left
        ],
    }
