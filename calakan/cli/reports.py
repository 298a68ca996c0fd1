"""Reports from the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from calakan.cli import cli
from calakan.cli.app import application


@cli.group()
def report() -> None:
    """Participation counts."""


@report.command()
@click.option(
    "--by",
    default="jenjang",
    help="One to three of jabatan, jenjang, status, sex, kecamatan, school, kewenangan, diklat, topic, mode, angkatan, month, quarter, year.",
)
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--diklat", default="")
@click.option(
    "--only", multiple=True, metavar="DIMENSION=VALUE", help="One value, such as jenjang=sd; a school by NPSN."
)
@click.option(
    "--measure", "measures", multiple=True, type=click.Choice(["jp", "hours", "pass_rate", "gain", "satisfaction"])
)
@click.option("--count", type=click.Choice(["kepesertaan", "peserta"]), default="kepesertaan")
@click.option("--status", type=click.Choice(["enrolled", "attended", "passed", "certified"]), default="enrolled")
@click.option("--format", "form", type=click.Choice(["table", "csv", "xlsx", "json"]), default="table")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path))
def participation(by: str, form: str, output: Path | None, **asked: Any) -> None:
    """Count participation, as the page and the downloads do."""
    _refuse_reversed(asked["since"], asked["until"])
    with application():
        from calakan.kernel import clock  # with its command alone
        from calakan.kernel.actor import system
        from calakan.reports import queries
        from calakan.reports.documents import exports
        from calakan.reports.documents.sheets import Format
        from calakan.reports.terms import Dimension

        try:
            dimensions = [Dimension(name.strip()) for name in by.split(",")]
            found = queries.participation(dimensions, _filters(**asked), visible_to=system("command line"))
        except ValueError as error:
            sys.exit(f"calakan: {error}")
        if form == "table":
            lines: list[Sequence[object]] = [exports.header(found), *(exports.cells(found, row) for row in found.rows)]
            click.echo("\n".join("\t".join("" if cell is None else str(cell) for cell in line) for line in lines))
            click.echo(f"kepesertaan {found.total_kepesertaan}\tpeserta unik {found.total_unik}")
            return
        content = exports.make(found, Format(form), made_at=clock.now(), separator=";")
        if output is None:
            sys.stdout.buffer.write(content)
        else:
            output.write_bytes(content)


@report.command()
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]))
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="FILE.pdf")
@click.option("--data", type=click.Path(dir_okay=False, path_type=Path), help="Its numbers, FILE.xlsx")
def evidence(since: datetime | None, until: datetime | None, output: Path, data: Path | None) -> None:
    """Write the evidence report (KIPP) of a period as PDF, and its numbers as XLSX."""
    _refuse_reversed(since, until)
    with application():
        from calakan.kernel import clock  # with its command alone
        from calakan.kernel.actor import system
        from calakan.reports.documents import evidence as reports
        from calakan.reports.documents.dossier import document
        from calakan.reports.documents.writing import workbook

        made = reports.evidence(_day(since), _day(until), visible_to=system("command line"), now=clock.now())
        document.write_pdf(made, output)
        if data is not None:
            workbook.write_xlsx(made, data)
        click.echo(f"{output}: {len(made.sections)} sections")


def _refuse_reversed(since: datetime | None, until: datetime | None) -> None:
    if since and until and until < since:
        sys.exit("calakan: --to is before --from")


def _filters(
    *,
    since: datetime | None,
    until: datetime | None,
    diklat: str,
    only: Sequence[str],
    measures: Sequence[str],
    count: str,
    status: str,
) -> Any:
    """Raises ValueError for what is no filter."""
    from calakan.reports.terms import Count, Filters, Measure, Stage  # with its command alone

    return Filters(
        since=_day(since),
        until=_day(until),
        diklat=diklat,
        stage=Stage(status),
        count=Count(count),
        only=_only(only),
        measures=tuple(Measure(name) for name in dict.fromkeys(measures)),
    )


def _only(told: Sequence[str]) -> Any:
    """Raises ValueError for what is no filter."""
    from calakan.reports.terms import FILTERED, Dimension  # with its command alone

    found = [(Dimension(name.strip()), value.strip()) for name, _, value in (one.partition("=") for one in told)]
    if any(dimension not in FILTERED or not value for dimension, value in found):
        raise ValueError(f"--only takes {', '.join(dimension.value for dimension in FILTERED)}, each as NAME=VALUE")
    return tuple(found)


def _day(value: datetime | None) -> date | None:
    return value.date() if value is not None else None
