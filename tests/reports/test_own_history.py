"""The rows that a PNS or PPPK enters in SIASN for a year: his own, and nobody else's."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock
from calakan.kernel.actor import Role
from tests import factories
from tests.desk.test_scope_page import certify

Opener = Callable[[int | None], FlaskClient]
NIP = "198501012010012001"


@pytest.mark.parametrize("role", [None, Role.PANITIA])
def test_only_one_s_own_papers_of_that_year(app: Flask, client_of: Opener, role: Role | None) -> None:
    with time_machine.travel(factories.june()):
        course, year = factories.diklat("Numerasi").id, clock.today().year
        ani = factories.person("Ani", *([role] if role else []), nip=NIP)
        budi = factories.person("Budi", nip="198501012010011002")
        for who, jp in ((ani, 8), (budi, 5)):
            certify(course, who.id, jp, number=f"400/{jp}", facts={"nip": who.nip, "name": who.name, "event": {}})
        browser = client_of(ani.id)
        sheet = openpyxl.load_workbook(io.BytesIO(browser.get(f"/saya/riwayat/siasn-{year}.xlsx").data))["Data"]
        head, *rows = list(sheet.iter_rows(values_only=True))
        told = [dict(zip(head, row, strict=True)) for row in rows]
        assert [(row["nip"], row["nomorSertipikat"], row["jumlahJam"]) for row in told] == [(NIP, "400/8", 8)]
        for other in (year - 1, 1999, 9999):
            assert browser.get(f"/saya/riwayat/siasn-{other}.xlsx").status_code == 303


def test_who_is_no_asn_is_told_so(app: Flask, client_of: Opener) -> None:
    with time_machine.travel(factories.june()):
        browser = client_of(factories.person("Ani", employment="honorer").id)
        assert browser.get(f"/saya/riwayat/siasn-{clock.today().year}.xlsx").status_code == 303
        assert "hanya untuk PNS dan PPPK" in browser.get("/saya/riwayat").get_data(as_text=True)
