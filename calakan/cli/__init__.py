"""The command line: the same services as the pages, for operators. Errors are one line and a non-zero exit."""

from __future__ import annotations

import logging
import os

import click

from calakan.cli import trouble
from calakan.version import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="calakan", message="%(prog)s %(version)s")
@click.option(trouble.DEBUG, is_flag=True, help="Show the whole traceback of an error, and what Alembic does.")
def cli(debug: bool) -> None:
    """Calakan carries a diklat from the idea to the report."""
    logging.getLogger("alembic").setLevel(logging.INFO if debug else logging.WARNING)


def main() -> None:
    os.umask(0o077)  # database, files and whatever else a command or server writes: for its own user alone
    # Each module adds its commands to `cli`.
    from calakan.cli import (  # noqa: F401  # after `cli` exists
        attendance,
        audit,
        backup,
        certificates,
        channels,
        check,
        commands,
        history,
        people,
        reports,
        roster,
        run,
        vault,
    )

    try:
        cli()
    except Exception as error:
        trouble.end(error)
