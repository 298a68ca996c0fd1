"""The panitia's way: from the list of people to a pair, one account out of two, and back."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from calakan.duplicates import finding
from calakan.kernel import clock
from calakan.kernel.actor import Role
from tests import factories
from tests.people.acting import row


def text(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def test_a_pair_is_looked_at_made_one_and_taken_apart(app: Flask, client_of: Any) -> None:
    client: FlaskClient = client_of(factories.person("Rina", Role.PANITIA).id)
    kept, gone = factories.person("Siti Lestari"), factories.person("Siti Lestari", phone="081234567890")
    assert "Tidak ada akun ganda" in text(client, "/kelola/orang/ganda")
    assert client.post("/kelola/orang/ganda").status_code == 303
    finding.find(now=clock.now())
    assert "Akun ganda (1)" in text(client, "/kelola/orang")
    pair = f"/kelola/orang/{kept.code}/ganda/{gone.code}"
    assert pair in text(client, "/kelola/orang/ganda")
    page = text(client, pair)
    for words in (
        "Nama sama",
        "Sekolah sama",
        "nomor WhatsApp",
        "belum punya riwayat",
        f"{gone.code}/ganda/{kept.code}",
    ):
        assert words in page
    assert client.post(f"{pair}/gabung").headers["Location"] == f"/kelola/orang/{kept.code}"
    assert not row(gone.id).active
    assert gone.email in text(client, f"/kelola/orang/{kept.code}")
    closed = text(client, f"/kelola/orang/{gone.code}")
    assert "Akun ini digabung ke" in closed
    # Refused in words, on the page and when it is sent all the same.
    assert "sudah ditutup" in text(client, pair)
    assert client.post(f"{pair}/gabung").headers["Location"] == pair
    undo = closed.partition('action="/kelola/orang/gabungan/')[2].partition('"')[0]
    assert client.post(f"/kelola/orang/gabungan/{undo}").headers["Location"] == f"/kelola/orang/{kept.code}"
    assert row(gone.id).active


def test_two_people_are_said_to_be_two(app: Flask, client_of: Any) -> None:
    client: FlaskClient = client_of(factories.person("Rina", Role.PANITIA).id)
    first, second = factories.person("Siti Lestari"), factories.person("Siti Lestari")
    finding.find(now=clock.now())
    pair = f"/kelola/orang/{first.code}/ganda/{second.code}"
    assert "Ini dua orang yang berbeda" in text(client, pair)
    assert client.post(f"{pair}/beda").status_code == 303
    assert "Ini dua orang yang berbeda" not in text(client, pair)
    assert client.get(f"/kelola/orang/{first.code}/ganda/ZZZZZZZZZZ").status_code == 404
