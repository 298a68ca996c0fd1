"""What decodes a file from outside does it in a process with limits, one at a time, and not for whoever asks all day."""

from __future__ import annotations

import ast
import io
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

import calakan
import config
from calakan.app import create_app
from calakan.intake import portraits as drawing
from calakan.kernel import clock, db
from calakan.narasumber import portraits
from calakan.narasumber.errors import PhotoUnreadable
from calakan.people.services import accounts
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


def test_each_person_sends_so_many_and_hinders_nobody_else(app: Flask, limited: Flask) -> None:
    def browser_of(person_id: int):
        browser = limited.test_client()
        with db.transaction():
            secret = accounts.log_in(person_id, device="test", now=clock.now())
        with browser.session_transaction() as session:
            session["_user_id"] = secret
        return browser

    one, other = browser_of(factories.person("Satu").id), browser_of(factories.person("Dua").id)
    answers = [one.post("/relawan/daftar", data={"headline": ""}).status_code for _ in range(21)]
    assert (set(answers[:20]), answers[20]) == ({422}, 429)
    assert other.post("/relawan/daftar", data={"headline": ""}).status_code == 422
