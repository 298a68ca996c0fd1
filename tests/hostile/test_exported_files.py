"""What a spreadsheet would run is text in every file that leaves the house."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
from flask import Flask

from tests import world as worlds

FORMULA = "=1+1"


def test_formulas_are_text_in_every_file(app: Flask) -> None:
    """Names of schools, diklat and people that a spreadsheet would run."""
    formula_world = worlds.build(app, lambda plain: f"{FORMULA} {plain}")
    client = formula_world.client("admin")
    for by in ("diklat", "sekolah", "diklat,jabatan"):
        csv_file = client.get(f"/kelola/laporan/unduh?format=csv&menurut={by}")
        assert csv_file.status_code == 200
        rows = list(csv.reader(io.StringIO(csv_file.get_data().decode("utf-8-sig")), delimiter=";"))
        assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell]
        book = openpyxl.load_workbook(
            io.BytesIO(client.get(f"/kelola/laporan/unduh?format=xlsx&menurut={by}").get_data())
        )
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert [cell.value for cell in cells if cell.data_type == "f"] == []
        assert json.loads(client.get(f"/kelola/laporan/unduh?format=json&menurut={by}").get_data())["rows"]
    assert any(FORMULA in str(cell.value) for cell in cells)
