"""What the commands share that read lists, show them and take them back."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from calakan.kernel.actor import system
from calakan.kernel.errors import NotFound

ACTOR = system("command line")
DAY = click.DateTime(["%Y-%m-%d"])
NUMBER = click.IntRange(1, 2**31 - 1)


@contextmanager
def known_list(number: int) -> Iterator[None]:
    """Ends the command with one sentence where there is no such list."""
    try:
        yield
    except NotFound:
        sys.exit(f"calakan: there is no list {number}")


def tell_left(lines: Iterable[tuple[int | None, str]]) -> None:
    """Each line with something to say, on standard error."""
    for number, why in lines:
        click.echo(f"line {number}: {why}", err=True)
