"""`calakan audit` as an operator runs it: a process, its exit code, and the name of what is broken."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.attendance.models import Presence
from calakan.certificates.models import Certificate
from calakan.diklat.models import LiveSession, ProgrammeRow, SessionState
from calakan.kernel.files import Store
from calakan.promises.invariants import broken
from tests.promises.test_invariants import change, first_paper, office, restate
from tests.stack.test_backup_command import command, data_dir

__all__ = ["office"]


def audited(app: Flask) -> subprocess.CompletedProcess[str]:
    url = app.extensions["calakan.settings"].database_url
    return command("audit", data=data_dir(app), url=url, CALAKAN_TESTING="1")


def more_than_held() -> None:
    change(sa.update(Certificate).where(Certificate.serial == 1).values(jp=400))


def without_evidence() -> None:
    paper = sa.select(Certificate.person_id).where(Certificate.serial == 1).scalar_subquery()
    change(sa.update(Presence).where(Presence.person_id == paper).values(present=False))


def above_minutes() -> None:
    change(sa.update(ProgrammeRow).values(jp=20))


def paper_above_minutes() -> None:
    restate(jp=20)


def another_serial() -> None:
    change(sa.update(Certificate).where(Certificate.serial == 1).values(serial=9999))


def called_off() -> None:
    change(sa.update(LiveSession).values(state=SessionState.CANCELLED))


@pytest.mark.parametrize(
    ("seed", "line"),
    [
        (more_than_held, "jp-above-held: {paper}: 400 JP, held 4"),
        (without_evidence, "row-without-evidence: {paper}: Sesi 1"),
        (above_minutes, "jp-above-minutes: {slug}: Sesi 1: 20 JP in 180 minutes"),
        (paper_above_minutes, "paper-above-minutes: {paper}: Sesi 1: 20 JP in 180 minutes"),
        (another_serial, "serial-differs: {paper}: serial 9999"),
        (called_off, "paper-on-cancelled-session: {paper}: Sesi 1"),
    ],
)
def test_each_fault_is_named(app: Flask, office: Store, seed: Callable[[], None], line: str) -> None:
    paper = first_paper()
    seed()
    assert line.format(paper=paper, slug="asesmen") in list(broken(office))


def test_the_command_prints_each_line_and_fails(app: Flask, office: Store) -> None:
    paper = first_paper()
    another_serial()
    ended = audited(app)
    assert (ended.returncode, ended.stderr) == (2, "")
    assert ended.stdout.splitlines() == [f"serial-differs: {paper}: serial 9999"]


def test_nothing_broken_says_nothing_and_succeeds(app: Flask, office: Store) -> None:
    ended = audited(app)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
