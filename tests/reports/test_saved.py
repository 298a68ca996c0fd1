"""Reports under a name, the filters behind "saringan lain", and what the letters on the map stand for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.people.models import Person
from calakan.reports import saved
from calakan.reports.errors import TooManySaved
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def keep(who: Person, name: str, *, shared: bool = False, stage: str = "enrolled") -> int:
    with db.transaction():
        return saved.save(name, {"tahap": stage}, shared=shared, actor=factories.actor(who), now=clock.now()).id


def test_ones_own_and_what_others_share_is_seen_and_only_ones_own_is_removed(app: Flask) -> None:
    rina, tuti = factories.person("Rina", Role.PANITIA), factories.person("Tuti", Role.PIMPINAN)
    keep(rina, "Bulanan")
    shared = keep(rina, "Bupati", shared=True)
    keep(tuti, "Bulanan", stage="passed")
    assert [row.name for row in saved.seen_by(factories.actor(rina))] == ["Bulanan", "Bupati"]
    assert [(row.name, row.person.name) for row in saved.seen_by(factories.actor(tuti))] == [
        ("Bulanan", "Tuti"),
        ("Bupati", "Rina"),
    ]
    keep(rina, "Bulanan", stage="attended")
    assert next(row.filters for row in saved.seen_by(factories.actor(rina))) == {"tahap": "attended"}
    with pytest.raises(NotFound), db.transaction():
        saved.remove(shared, actor=factories.actor(tuti))
    with db.transaction():
        saved.remove(shared, actor=factories.actor(rina))
    with pytest.raises(NotFound), db.transaction():
        saved.remove(shared, actor=factories.actor(rina))
    assert [row.name for row in saved.seen_by(factories.actor(tuti))] == ["Bulanan"]


def test_one_person_keeps_a_bounded_number(app: Flask) -> None:
    rina = factories.person("Rina", Role.PANITIA)
    for n in range(saved.MOST):
        keep(rina, f"Laporan {n}")
    with pytest.raises(TooManySaved):
        keep(rina, "Satu lagi")
    keep(rina, "Laporan 1", shared=True)


def test_the_page_opens_with_the_figure_and_three_filters_and_keeps_the_rest_under_a_name(
    app: Flask, client_of: Opener
) -> None:
    factories.enrol(factories.diklat("Numerasi").id, [factories.person("Ani").id])
    browser = client_of(factories.person("Rina", Role.PANITIA).id)
    page = browser.get("/kelola/laporan?dari=&sampai=").get_data(as_text=True)
    main = page[page.index("<main") :]
    assert main.index("peserta unik") < main.index('id="dari"')
    before = main[main.index("<form") : main.index("<summary>Saringan lain")]
    assert re.findall(r'<(?:input|select)[^>]*id="([a-z]+)"', before) == ["dari", "sampai", "kecamatan"]
    assert "<details><summary>Saringan lain" in re.sub(r"\s*\n\s*", "", main)
    assert "<b>PWU</b> Pwt. Utara" in page
    asked = {"nama": "Menurut sekolah", "bersama": "y", "tahap": "enrolled", "menurut": ["kecamatan", "jabatan"]}
    done = browser.post("/kelola/laporan/simpan", data=asked)
    assert "menurut=kecamatan&menurut=jabatan" in done.headers["Location"]
    shown = browser.get(done.headers["Location"]).get_data(as_text=True)
    assert "Laporan “Menurut sekolah” tersimpan." in shown
    assert "<details open>" in shown
    assert re.search(r'href="/kelola/laporan\?[^"]*menurut=kecamatan[^"]*">Menurut sekolah', shown)
    assert browser.post("/kelola/laporan/simpan", data=asked | {"nama": " "}).status_code == 303
    assert "Beri nama laporannya." in browser.get("/kelola/laporan").get_data(as_text=True)
    other = client_of(factories.person("Tuti", Role.PIMPINAN).id)
    assert "dari Rina" in other.get("/kelola/laporan").get_data(as_text=True)
    id = re.search(r'name="id" value="([0-9]+)"', shown)
    assert id is not None
    browser.post("/kelola/laporan/hapus", data={"id": id[1]})
    assert "Menurut sekolah" not in other.get("/kelola/laporan").get_data(as_text=True)
