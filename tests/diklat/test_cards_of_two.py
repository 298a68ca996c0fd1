"""What one process has drawn of the catalogue is never shown again once another one has changed it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.diklat.models import Diklat, DiklatLevel
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.people.models import Jenjang
from tests import factories

pytestmark = pytest.mark.real_clock

ROOT = Path(__file__).parents[2]
# Asked by a line, it opens the catalogue and tells how many cards it has ever drawn, and what the page says.
READER = """
import sys, config
from calakan.app import create_app
from calakan.diklat import documents
app = create_app(config.load())
for _ in sys.stdin:
    text = " ".join(app.test_client().get("/diklat").get_data(as_text=True).split())
    print(len(documents._store._drawn), text, flush=True)
"""
Reader = Callable[[], tuple[int, str]]


@pytest.fixture
def readers(app: Flask, tmp_path: Path) -> Iterator[list[Reader]]:
    """Two processes of the same site."""
    url = app.extensions["calakan.settings"].database_url
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CALAKAN_")}
    environ |= {"CALAKAN_DATABASE_URL": url, "CALAKAN_DATA_DIR": str(tmp_path), "CALAKAN_TESTING": "1"}
    with ExitStack() as opened:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        both = [
            opened.enter_context(subprocess.Popen([sys.executable, "-c", READER], cwd=ROOT, env=environ, **pipes))
            for _ in range(2)
        ]
        for process in both:
            opened.callback(process.kill)
        yield [lambda process=process: ask(process) for process in both]


def ask(process: subprocess.Popen[str]) -> tuple[int, str]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("?\n")
    process.stdin.flush()
    drawn, _, text = process.stdout.readline().partition(" ")
    return int(drawn), text


def rename() -> None:
    with db.transaction() as session:
        session.execute(sa.update(Diklat).values(title="Judul Baru"))


def level() -> None:
    with db.transaction() as session:
        session.add(DiklatLevel(diklat_id=session.scalars(sa.select(Diklat.id)).one(), jenjang=Jenjang.SD))


def a_seat() -> None:
    person, course = factories.person("Sri Rahayu").id, db.session().scalars(sa.select(Diklat.id)).one()
    db.session().rollback()
    with db.transaction():
        enrolment.join(course, person, actor=factories.SYSTEM, now=clock.now())


@pytest.mark.parametrize("change", [rename, level, a_seat])
def test_both_show_a_change_at_once_and_draw_nothing_anew_without_one(
    readers: list[Reader], change: Callable[[], None]
) -> None:
    factories.diklat("Judul Lama", quota=5)
    db.session().rollback()
    before = [read() for read in readers]
    assert [drawn for drawn, text in before if "Judul Lama" in text] == [1, 1]
    assert [read() for read in readers] == before
    change()
    after = [read() for read in readers]
    assert [drawn for drawn, _ in after] == [2, 2]
    assert after[0] == after[1]
    assert after[0][1] != before[0][1]
