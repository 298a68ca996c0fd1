"""Files that lie, through every field that takes one: a sentence, no 5xx, nothing written."""

from __future__ import annotations

import io
import logging
import re
import zipfile

import pytest

from calakan.web.forms import Form
from tests import world as worlds
from tests.hostile.forms import FORMS
from tests.hostile.test_forms import check_plain, refused, target
from tests.undoing import Undoing
from tests.world import World

HEADER = b"npsn;nama;jenjang;status;kode_kecamatan\n"


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 20_000_000)
    return made.getvalue()


FILES: dict[str, tuple[str, bytes]] = {
    "nothing": ("kosong.csv", b""),
    "only a header": ("a.csv", HEADER),
    "a program": ("a.csv", b"MZ\x90\x00" + bytes(range(256)) * 40),
    "a picture called csv": ("a.csv", b"\x89PNG\r\n\x1a\n" + b"\x00" * 2000),
    "broken UTF-8": ("a.csv", HEADER + b"2030\xff\xfe;\xc3(;sd;negeri;33.02.01\n"),
    "UTF-16 by its mark only": ("a.csv", b"\xff\xfe" + HEADER[:-1]),
    "NUL": ("a.csv", HEADER + b"20309998;SD\x00 X;sd;negeri;33.02.01\n"),
    "one line of a megabyte": ("a.csv", HEADER + b'"' + b"x" * 1_000_000),
    "many columns": ("a.csv", b";" * 200_000 + b"\n"),
    "a zip that swells": ("a.xlsx", bomb()),
    "a broken workbook": ("a.xlsx", b"PK\x03\x04" + b"\x00" * 500),
    "a page": ("a.xlsx", b"<html><script>alert(1)</script></html>"),
    "entities that swell": (
        "a.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    ),
    "a way out": ("../../../../tmp/x.csv", HEADER),
    "a name of 5,000 signs": ("x" * 5000 + ".csv", HEADER),
    "script in the name": ("<script>alert(1)</script>.csv", HEADER + b"<script>alert(1)</script>;x;y;z;0\n"),
    "seven megabytes": ("a.csv", HEADER + b"x" * 7_000_000),
}  # fmt: skip


def file_fields(endpoint: str) -> list[str]:
    """The names of file fields: the forms of the room say them."""
    room = endpoint.split(".")[0].removesuffix("_manage")
    names: set[str] = set()
    for form in Form.__subclasses__():
        if form.__module__ == f"calakan.{room}.forms":
            names |= {
                name for name in dir(form)
                if getattr(getattr(form, name, None), "field_class", type(None)).__name__.endswith("FileField")
            }  # fmt: skip
    return sorted(names) or ["file"]


def test_the_fields_of_files_are_found() -> None:
    assert file_fields("people_manage.schools") == ["file"]


@pytest.mark.any_database
@pytest.mark.parametrize("kind", sorted(FILES))
def test_files_that_lie(shared: World, undone: Undoing, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """To the endpoints that take files, and to all the others, which must not trip over one."""
    name, content = FILES[kind]
    for endpoint, case in FORMS.items():
        fields = file_fields(endpoint)
        if fields == ["file"] and endpoint != "people_manage.schools" and kind != "a program":
            continue
        for field in fields:
            client, undone.committed[:] = shared.client(case.who), []
            data = {**case.good(shared), field: (io.BytesIO(content), name)}
            answer = client.post(target(shared, endpoint, case), data=data, content_type="multipart/form-data")
            told = f"{endpoint} {field}: {answer.status_code}"
            check_plain(answer, told)
            if refused(answer, client):
                assert set(undone.committed) <= case.notes, told
            if endpoint == "people_manage.schools":
                assert "school" not in undone.committed, told
                assert answer.status_code in (200, 413, 422), told
                assert not re.search(r"Traceback|codec|Error", answer.get_data(as_text=True)), told
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []
    assert worlds.endpoints(shared.app, "POST")
