"""The command line: the same services as the pages, for operators. Errors are one line and a non-zero exit."""

from __future__ import annotations

import sys

import click

import config
from calakan.kernel.errors import DomainError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Calakan carries a diklat from the idea to the report."""


def main() -> None:
    # Each module adds its commands to `cli`.
    from calakan.cli import attendance, audit, backup, certificates, channels, commands, people, reports, run  # noqa: F401  # after `cli` exists

    try:
        cli()
    except config.InvalidSettings as error:
        sys.exit("\n".join(f"calakan: {problem}" for problem in error.problems))
    except DomainError as error:
        sys.exit(f"calakan: {error}")
