"""What decodes a file from outside does it in a process with limits, one at a time, and not for whoever asks all day."""

from __future__ import annotations

import ast
import fcntl
import io
import re
import resource
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

import calakan
import config
from calakan.app import create_app
from calakan.assessment import pictures
from calakan.assessment.errors import PictureUnreadable
from calakan.attendance import appeals
from calakan.attendance.errors import PhotoUnreadable as AppealPhotoUnreadable
from calakan.intake import portraits as drawing
from calakan.intake import process
from calakan.intake.errors import ArtworkUnfit
from calakan.intake.kinds import BACKGROUND, LOGO, PORTRAIT, SCAN, SNAPSHOT
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import DomainError
from calakan.narasumber import portraits
from calakan.narasumber.errors import PhotoUnreadable
from calakan.people.services import accounts
from calakan.web.messages import sentence
from tests import factories

ROOT = Path(calakan.__file__).parent
# Draws, and decodes nothing but what the limited process made, or what the application itself has just written.
DRAWS_ONLY = {"web/card.py", "reports/documents/dossier/tree.py"}


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    made = io.BytesIO()
    Image.new("1" if kind == "PNG" else "RGB", (width, height)).save(made, kind)
    return made.getvalue()


def test_a_small_file_of_many_pixels_takes_no_memory_of_the_site() -> None:
    bomb = picture(6320, 6320)
    assert len(bomb) < 200_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PhotoUnreadable) as refused:
        portraits.portrait(bomb)
    assert refused.value.facts["why"] == "pixels"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB


def test_what_phones_take_is_taken() -> None:
    """Twelve megapixels in any format, fifty as JPEG."""
    for content in (picture(4032, 3024), picture(8160, 6120, "JPEG")):
        with Image.open(io.BytesIO(portraits.portrait(content))) as shown:
            assert shown.size == (drawing.SIDE, drawing.SIDE)


def painted_over(times: int) -> bytes:
    """A JPEG whose smallest scan, of some fifty bytes, stands there so often."""
    made = io.BytesIO()
    Image.new("RGB", (600, 600)).save(made, "JPEG", progressive=True)
    content = made.getvalue()
    at = [place.start() for place in re.finditer(rb"\xff\xda", content)]
    scan = min((content[one:other] for one, other in pairwise([*at, len(content) - 2])), key=len)
    return content[:-2] + scan * times + content[-2:]


def test_a_picture_that_is_painted_over_and_over_is_refused_unread() -> None:
    """2 MB of such scans took 25 seconds of the one process that reads pictures, and twenty of them an hour were let in."""
    assert process.piece_of(painted_over(20), SNAPSHOT)
    for purpose in (PORTRAIT, SNAPSHOT, SCAN, BACKGROUND, LOGO):
        with pytest.raises(ArtworkUnfit) as refused:
            process.piece_of(painted_over(101), purpose)
        assert (purpose, refused.value.facts["why"]) == (purpose, "heavy")


def test_files_hold_some_threads_of_a_web_process_and_no_more(app: Flask) -> None:
    """Whoever comes when the line is long hears it at once, at each door of a photo."""
    content = picture(9, 9)
    doors: dict[Callable[[], object], type[DomainError]] = {
        lambda: process.piece_of(content, SNAPSHOT): ArtworkUnfit,
        lambda: portraits.portrait(content): PhotoUnreadable,
        lambda: appeals.photo(content): AppealPhotoUnreadable,
        lambda: pictures.kept(app.extensions["calakan.files"], content): PictureUnreadable,
    }
    with ThreadPoolExecutor(process.LINE) as waiting:
        with process.turn():
            others = [waiting.submit(process.piece_of, content, SNAPSHOT) for _ in range(process.LINE)]
            sent_away = wait(others, return_when=FIRST_COMPLETED).done  # the one too many: from now on the line is full
            for door, error in doors.items():
                with pytest.raises(error) as refused:
                    door()
                assert refused.value.facts["why"] == "busy"
                assert "sedang dibaca" in sentence(refused.value)
        assert [str(one.exception()) for one in sent_away] == [str(ArtworkUnfit(why="busy"))]
        assert all(other.result() for other in set(others) - sent_away)


def test_one_file_at_a_time_among_all_processes_of_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each web process may ask for one; together they would take what a small server has."""
    monkeypatch.setattr(process, "PATIENCE", 1)
    with (ROOT / "intake" / "limits.py").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ArtworkUnfit) as refused:
            process.piece_of(picture(9, 9), SNAPSHOT)
        assert refused.value.facts["why"] == "busy"
    monkeypatch.undo()
    assert process.piece_of(picture(9, 9), SNAPSHOT)


def test_only_the_limited_process_decodes() -> None:
    found = set()
    for path in ROOT.rglob("*.py"):
        name = str(path.relative_to(ROOT))
        if name.startswith("intake/") or name in DRAWS_ONLY:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(
                module.split(".")[0] in ("PIL", "pikepdf", "pypdfium2", "resvg_py", "cairosvg") for module in modules
            ):
                found.add(name)
    assert found == set()


@pytest.fixture
def limited(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    environ = {"CALAKAN_DATABASE_URL": database_url, "CALAKAN_DATA_DIR": str(tmp_path)}
    made = create_app(config.load(environ))
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    db.connect_ring(lambda queue: None)


def browser_of(limited: Flask, person_id: int) -> FlaskClient:
    browser = limited.test_client()
    with db.transaction():
        secret = accounts.log_in(person_id, device="test", now=clock.now())
    with browser.session_transaction() as session:
        session["_user_id"] = secret
        session["_fresh"] = True
    return browser


def test_each_person_sends_so_many_and_hinders_nobody_else(app: Flask, limited: Flask) -> None:
    one, other = (browser_of(limited, factories.person(name).id) for name in ("Satu", "Dua"))
    answers = [one.post("/relawan/daftar", data={"headline": ""}).status_code for _ in range(21)]
    assert (set(answers[:20]), answers[20]) == ({422}, 429)
    assert other.post("/relawan/daftar", data={"headline": ""}).status_code == 422


def test_files_that_are_read_apart_are_counted_together(app: Flask, limited: Flask) -> None:
    """Over all pages that take one; looking at them is free."""
    one, other = (browser_of(limited, factories.person(name, Role.ADMIN).id) for name in ("Satu", "Dua"))
    schools, targets = "/kelola/sekolah", "/kelola/cakupan/sasaran"
    answers = [one.post(schools if n % 2 else targets).status_code for n in range(200)]
    assert set(answers) == {422}
    assert [one.post(path).status_code for path in (schools, targets)] == [429, 429]
    assert [one.get(schools).status_code, other.post(schools).status_code] == [200, 422]
