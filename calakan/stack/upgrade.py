"""A new version takes over the data of the one before, or leaves them as they were.

`before` in the folder of a version leads to the folder that it replaces, as `deploy/install` lays them. The first start
keeps all rows by the program before, migrates and checks; when any of it fails, or is killed, the program before brings
its rows back and runs. All this happens before anybody can reach the site, so nothing that somebody was told is lost.
How far a version came stands in a file of its name in the data directory; whichever version is started reads it there.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path

from calakan.stack import die_with

PROGRAM = Path(".venv", "bin", "calakan")
PLACE = "upgrades"


class Step(Enum):
    KEPT = "kept"  # the rows of before are in a file; whatever else happened is not known
    DONE = "done"
    GIVEN_UP = "given up"


class _Failed(Exception):
    """A program did not do what it was asked; the message is its last line."""


def settle(root: Path, data_dir: Path, say: Callable[[str], None]) -> Path:
    """The folder of the version that is to run on these data: `root`, or the one before.

    Call while nothing else uses the data. Killed at any point and called again, it ends with all rows migrated and
    checked, or with all of before. Raises OSError or RuntimeError when the rows of before cannot be brought back: then
    their file is kept, and the next call tries again.
    """
    before = (root / "before").resolve()  # it must not need our folder
    if not (before / PROGRAM).exists():
        return root  # the first one here
    mark = data_dir / PLACE / root.name
    step = _read(mark)
    if step is None:
        return root if _take_over(root, before, mark, say) else before
    if step is Step.KEPT:
        _bring_back(before, mark, "it was interrupted", say)
    return root if step is Step.DONE else before


def _take_over(root: Path, before: Path, mark: Path, say: Callable[[str], None]) -> bool:
    rows = _rows(mark)
    try:
        say("keeping all rows")
        mark.parent.mkdir(mode=0o700, exist_ok=True)
        _ask(before, "backup", "--rows", "--force", str(rows))
        _write(mark, Step.KEPT)
    except (_Failed, OSError) as error:
        with contextlib.suppress(OSError):  # a full disk: the next start tries again, and until then the site is there
            _give_up(mark, str(error), say)
        return False
    try:
        say("migrating")
        _ask(root, "db", "upgrade")
        say("checking")
        _ask(root, "check")
    except (_Failed, OSError) as error:
        _bring_back(before, mark, str(error), say)
        return False
    _write(mark, Step.DONE)
    for older in set(mark.parent.glob("*.rows")) - {rows}:
        older.unlink()
    return True


def _bring_back(before: Path, mark: Path, why: str, say: Callable[[str], None]) -> None:
    say(f"{why}; bringing all rows back")
    try:
        _ask(before, "restore", "--replace", "--yes", str(_rows(mark)))
    except _Failed as error:
        raise RuntimeError(f"the rows of before are not back yet, they are in {_rows(mark)}: {error}") from error
    _give_up(mark, why, say)


def _give_up(mark: Path, why: str, say: Callable[[str], None]) -> None:
    say(f"the new version is given up: {why}")
    _write(mark, Step.GIVEN_UP, why)


def _rows(mark: Path) -> Path:
    return mark.with_name(f"{mark.name}.rows")


def _read(mark: Path) -> Step | None:
    return Step(mark.read_text().partition("\n")[0]) if mark.exists() else None


def _write(mark: Path, step: Step, why: str = "") -> None:
    """Whole or not at all, and on the disk before anything follows."""
    draft = mark.with_name(f".draft-{mark.name}")
    with draft.open("w") as file:
        file.write(f"{step.value}\n{why}\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, mark)
    place = os.open(mark.parent, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def _ask(version: Path, *words: str) -> None:
    done = subprocess.run(  # noqa: S603  # our own program
        [version / PROGRAM, *words], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
        preexec_fn=partial(die_with, os.getpid()),
    )  # fmt: skip
    sys.stderr.write(done.stderr)
    if done.returncode:
        told = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        raise _Failed(f"`calakan {words[0]}`: {told.removeprefix('calakan: ')}")
