"""No file is read while somebody writes: on SQLite nobody else could until the limited process has answered."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from calakan.intake import process
from calakan.kernel import db
from tests.hostile.forms import FORMS
from tests.hostile.test_forms import target
from tests.security.conftest import Watched
from tests.security.test_damaged_archives import LIST, workbook
from tests.undoing import Undoing
from tests.world import World

BY_THEMSELVES = {"attendance.appeal", "narasumber.apply"}  # have a lower limit of their own


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(made, "PNG")
    return made.getvalue()


def test_a_reading_in_a_transaction_is_seen(shared: World, read: Watched) -> None:
    """The control."""
    with db.transaction():
        process.answer("calakan.tables", content=workbook(LIST))
    assert read == [True]


@pytest.mark.any_database
@pytest.mark.parametrize("content", [workbook(LIST), picture()], ids=["workbook", "picture"])
def test_pages_read_before_they_write(shared: World, undone: Undoing, read: Watched, content: bytes) -> None:
    guilty, often = [], []
    for endpoint, case in FORMS.items():
        read.clear()
        sent = {name: (io.BytesIO(content), "a.xlsx") for name in ("file", "files", "photo", "picture")}
        client, path = shared.client(case.who), target(shared, endpoint, case)
        client.post(path, data={**case.good(shared), **sent}, content_type="multipart/form-data")
        guilty += [endpoint] if True in read else []
        limited = getattr(shared.app.view_functions[endpoint], "reads_files", endpoint in BY_THEMSELVES)
        often += [endpoint] if read and not limited else []
    assert (guilty, often) == ([], [])
