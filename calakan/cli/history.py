"""Diklat that were certified outside of this system, from the command line."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from calakan.cli import cli
from calakan.cli.app import application
from calakan.cli.lists import ACTOR, DAY, NUMBER, known_list, tell_left


@cli.group()
def history() -> None:
    """Old diklat with the numbers and names of their papers."""


@history.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", required=True)
@click.option("--from", "since", required=True, type=DAY, help="First day, as YYYY-MM-DD.")
@click.option("--to", "until", required=True, type=DAY, help="Last day.")
@click.option("--jp", type=click.IntRange(1, 999), help="Where the list has no column of JP.")
@click.option("--dry-run", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
def import_list(
    file: Path, title: str, since: datetime, until: datetime, jp: int | None, dry_run: bool, as_json: bool
) -> None:
    """Register a CSV or XLSX of names and numbers. Exits 1 when lines are left."""
    with application():
        from calakan.certificates import words  # with its command alone
        from calakan.certificates.past import services
        from calakan.kernel import clock, db

        content, kept, id = file.read_bytes(), 0, None
        if dry_run:
            rows = services.rehearse(content)
            kept = sum(not row.why for row in rows)
        else:
            with db.transaction():
                now = clock.now()
                held = services.store(
                    content, title=title.strip()[:120], since=since.date(), until=until.date(), jp=jp,
                    file_name=file.name[-80:], actor=ACTOR, now=now,
                )  # fmt: skip
                kept, id, rows = services.keep(held.id, actor=ACTOR, now=now), held.id, services.rows_of(held)
        left = [row for row in rows if row.why]
        if as_json:
            told = [{"line": row.line, "name": row.name, "why": row.why} for row in left]
            click.echo(json.dumps({"list": id, "kept": kept, "left": told}, ensure_ascii=False))
        else:
            click.echo(f"{'would keep' if dry_run else f'list {id}:'} {kept} of {kept + len(left)} lines")
            tell_left((row.line, words.why_left(row)) for row in left)
        sys.exit(1 if left else 0)


@history.command("list")
def lists() -> None:
    """Every list that was read, the newest first."""
    with application():
        from calakan.certificates.past import services  # with its command alone
        from calakan.kernel import db

        rows = db.session().scalars(services.every()).all()
        counts = services.counts(row.id for row in rows)
        for row in rows:
            click.echo(f"{row.id}: {row.title}, {row.since} to {row.until}, {row.state.value}, {counts.get(row.id, 0)}")


@history.command("undo")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def undo(number: int, reason: str) -> None:
    """Take back the list NUMBER as a whole."""
    with application():
        from calakan.certificates.past import services  # with its command alone
        from calakan.kernel import clock, db

        with known_list(number), db.transaction():
            gone = services.undo(number, reason=reason, actor=ACTOR, now=clock.now())
        click.echo(f"{gone} papers taken back")
