"""The roster of the office's own people, from the command line."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from calakan.cli import cli
from calakan.cli.app import application
from calakan.cli.lists import ACTOR, DAY, NUMBER, known_list, tell_left

if TYPE_CHECKING:
    from calakan.roster.models import Makes


@cli.group()
def roster() -> None:
    """Staff lists: who works where, as rows, not accounts."""


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="From whom; the name of the file otherwise.")
@click.option("--as-of", "as_of", type=DAY, help="The day it tells of, as YYYY-MM-DD; today otherwise.")
@click.option("--npsn", help="The school, where the file names none.")
@click.option("--whole", is_flag=True, help="Who is not named any more has left the schools in it.")
@click.option(
    "--waiting", "rest", type=click.Path(dir_okay=False, path_type=Path), help="Write lines that wait here (XLSX)."
)
@click.option("--dry-run", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
def import_list(
    file: Path, source: str | None, as_of: datetime | None, npsn: str | None, whole: bool, rest: Path | None,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Read a CSV or XLSX and apply its good lines. Exits 1 when lines wait."""
    with application():
        from calakan.roster.models import Makes  # with its command alone

        told = worked(
            file, makes=Makes.ROWS, source=source or file.name, day=as_of.date() if as_of is not None else None,
            school_id=_school(npsn), whole=whole, rest=rest, dry_run=dry_run,
        )  # fmt: skip
        begin = "would be" if dry_run else f"list {told['list']}:"
        tell(
            told, f"{begin} {told['new']} new, {told['changed']} changed, {told['same']} the same, {told['left']} left, "
            f"{told['waits']} waiting", as_json=as_json,
        )  # fmt: skip


def worked(
    file: Path, *, makes: Makes, source: str, day: date | None, school_id: int | None, whole: bool, rest: Path | None,
    dry_run: bool,
) -> dict[str, Any]:  # fmt: skip
    """What came of a list, or would: counts by verdict, and the lines with something to say. Writes those that wait to `rest`."""
    from calakan.kernel import clock, db  # with its command alone
    from calakan.roster import documents, lists

    day = day or clock.today()
    if dry_run:
        return _rehearsed(file.read_bytes(), school_id, day, makes)
    with db.transaction():
        id = lists.store(
            file.read_bytes(), source=source[:120], as_of=day, whole=whole, makes=makes,
            school_id=school_id, file_name=file.name[-80:], actor=ACTOR, now=clock.now(),
        ).id  # fmt: skip
    told = _applied(id)
    if rest is not None:
        rest.write_bytes(documents.waiting(_waiting(id), makes))
    return told


def _school(npsn: str | None) -> int | None:
    from calakan.people import queries  # with its command alone

    if npsn is None:
        return None
    school = queries.school_by_npsn(npsn.upper())
    if school is None:
        sys.exit(f"calakan: nobody knows a school {npsn}")
    return school.id


def _rehearsed(content: bytes, school_id: int | None, day: date, makes: Makes) -> dict[str, Any]:
    from calakan.kernel import clock  # with its command alone
    from calakan.roster import lists
    from calakan.roster.models import Verdict

    found, unread = lists.judged(content, school_id=school_id, as_of=day, now=clock.now(), makes=makes)
    counts = dict.fromkeys((verdict.value for verdict in Verdict), 0)
    for one in found:
        counts[one.judgement.verdict.value] += 1
    rows = [
        (one.line.number, one.line.name, one.line.why, one.line.column, one.line.said, one.line.other) for one in found
    ]
    return {"list": None, **counts, "unread": unread, "lines": _lines(rows)}


def _applied(id: int) -> dict[str, Any]:
    """Do what workers would, or wait for the one that does; apply what can be."""
    from calakan.kernel import clock, db  # with its command alone
    from calakan.roster import lists

    held = _settled(id)
    if held.stage.is_refused:
        from calakan.tables.errors import TableUnreadable  # with its command alone

        raise TableUnreadable(**held.refused)
    _refuse_failed(held)
    if held.stage.is_preview:
        with db.transaction():
            lists.apply(id, actor=ACTOR, now=clock.now())
        _refuse_failed(_settled(id))
    wanted = lists.everything(id)
    rows = [
        (line.number, line.name, line.why, line.column, line.said, line.other) for line in db.session().scalars(wanted)
    ]
    return {"list": id, **lists.counts(id), "unread": held.unread, "lines": _lines(rows)}


def _refuse_failed(held: Any) -> None:
    if held.failed:
        sys.exit(f"calakan: list {held.id} stopped in the middle ({held.last_error}); send it again, or take it back")


def _settled(id: int) -> Any:
    """The list once no stage of it is open."""
    from calakan.kernel import db  # with its command alone
    from calakan.roster import tasks
    from calakan.roster.models import RosterList

    while (held := db.session().get_one(RosterList, id, populate_existing=True)).open:
        db.session().rollback()
        if not tasks.work_one(id):
            time.sleep(0.2)  # a worker has it
    return held


def _waiting(id: int) -> Any:
    from calakan.kernel import db  # with its command alone
    from calakan.roster import lists
    from calakan.roster.models import Verdict

    return db.session().scalars(lists.lines(id, Verdict.WAITS)).all()


def _lines(rows: Sequence[tuple[int | None, str, str, str, str, int | None]]) -> list[dict[str, Any]]:
    """Lines with something to say, each in a sentence."""
    from calakan.roster import words  # with its command alone

    return [
        {"line": number, "name": name, "why": why, "told": words.why(why, column=column, said=said, other=other)}
        for number, name, why, column, said, other in rows
        if why
    ]


def tell(told: dict[str, Any], summary: str, *, as_json: bool) -> None:
    """Print what came of a list, and end: with 1 when lines wait."""
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(summary)
        if told["unread"]:
            click.echo(f"columns not read: {', '.join(told['unread'])}", err=True)
        tell_left((line["line"], line["told"]) for line in told["lines"])
    sys.exit(1 if told["waits"] else 0)


@roster.command("list")
def every() -> None:
    """Every list that was sent, the newest first."""
    with application():
        from calakan.kernel import db  # with its command alone
        from calakan.roster import lists

        for held in db.session().scalars(lists.every()).all():
            counts = lists.counts(held.id)
            click.echo(f"{held.id}: {held.source}, {held.as_of}, {held.stage.value}, {sum(counts.values())} lines")


@roster.command("undo")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
def undo(number: int, reason: str) -> None:
    """Take back the list NUMBER as a whole."""
    with application():
        from calakan.kernel import clock, db  # with its command alone
        from calakan.roster import lists

        with known_list(number), db.transaction():
            lists.undo(number, reason=reason, actor=ACTOR, now=clock.now())
        _refuse_failed(_settled(number))
        click.echo(f"list {number} taken back")
