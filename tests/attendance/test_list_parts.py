"""A long list is looked at in parts: searched, turned over, and what is ticked on any page of it stays ticked."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import batches
from calakan.demo import district
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.text import search_key
from calakan.people.models import Person
from tests import factories
from tests.attendance.test_batches import give, line, store
from tests.attendance.test_lists import Meeting

Opener = Callable[[int | None], FlaskClient]
HEAD = "Nama,Surel,NIP,Durasi (menit)\n"
STRANGERS = 850
SURE = "x,peserta001@example.org,,150\ny,agus@example.org,,150\nz,peserta003@example.org,,150\n"


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return Meeting()


class Form:
    """What a browser would send of the list's form, and the page that answers."""

    def __init__(self, client: FlaskClient, batch_id: int, **asked: str) -> None:
        self.client, self.address = client, f"/kelola/impor/{batch_id}"
        self.read(client.get(self.address, query_string=asked).get_data(as_text=True))

    def read(self, page: str) -> None:
        self.page = page
        form = page[page.index('<form class="stack"') : page.index("</form>", page.index('<form class="stack"'))]
        boxes = [(tag, " checked" in tag) for tag in re.findall(r'<input[^>]*name="hadir"[^>]*>', form)]
        self.ticked = [self.value(tag) for tag, checked in boxes if checked or 'type="hidden"' in tag]
        self.boxes = [self.value(tag) for tag, _ in boxes if 'type="hidden"' not in tag]
        self.chosen = re.findall(r'<option value="([0-9]+:[0-9A-Z]+)" selected', form)
        self.fields = {
            name: self.value(tag)
            for name in ("hal", "cari", "baris", "q", "dilihat")
            for tag in re.findall(rf'<input[^>]*name="{name}"[^>]*>', form)
        }

    @staticmethod
    def value(tag: str) -> str:
        return unescape(re.search(r'value="([^"]*)"', tag)[1])

    def sent(self, **more: object) -> dict[str, object]:
        return {**self.fields, "hadir": self.ticked, "calon": self.chosen, **more}

    def look(self, ke: str, **more: object) -> None:
        answer = self.client.post(self.address, data=self.sent(ke=ke, **more))
        assert answer.status_code == 200
        self.read(answer.get_data(as_text=True))

    def shows(self, text: str) -> bool:
        return text in re.sub(r"\s+", " ", unescape(self.page))


def long_list() -> str:
    return HEAD + SURE + "".join(f"Tamu {n:03},tamu{n}@example.net,,150\n" for n in range(STRANGERS))


def test_more_than_four_hundred_lines_are_turned_over_and_none_is_cut(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    form = Form(panitia, store(meeting, long_list()).batch_id)
    seen: list[str] = []
    for first, last in ((1, 400), (401, 800), (801, 853)):
        assert form.shows(f"{first}–{last} dari 853")
        assert form.shows("Tidak dikenal (850)")
        seen += re.findall(r"Tamu [0-9]{3}(?=<span class=\"sm mut\">)", form.page)
        if last < 853:
            form.look(f"hal:{int(form.fields['hal']) + 1}")
    assert seen == [f"Tamu {n:03}" for n in range(STRANGERS)]
    form.look("hal:99")
    assert form.fields["hal"] == "3"
    form.look("hal:2")
    form.look("hal:1")
    assert form.shows("1–400 dari 853")
    assert meeting.present() == set()


def test_ticks_survive_turning_and_searching_and_all_of_them_are_applied(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    id = store(meeting, long_list()).batch_id
    form = Form(panitia, id)
    assert len(form.ticked) == 3
    taken_away = next(box for box in form.boxes if box.startswith(f"{line(id, 'y').id}:"))
    form.ticked.remove(taken_away)
    for ke, more in (("hal:2", {}), ("cari", {"cari": "tamu 849"}), ("hal:1", {"cari": "tamu 849"})):
        form.look(ke, **more)
        assert (len(form.ticked), taken_away in form.ticked, form.boxes) == (2, False, [])
    assert form.shows("2 baris lain yang dicentang tidak tampil di halaman ini, dan ikut ditandai.")
    form.look("cari", cari="")
    assert (len(form.boxes), len(form.ticked)) == (3, 2)
    answer = panitia.post(f"{form.address}/terapkan", data=form.sent(hal="2", cari="tamu"))
    assert answer.headers["Location"] == f"{form.address}?cari=tamu&hal=2"
    assert meeting.present() == {"Siti Lestari", "Dwi Handayani"}
    again = Form(panitia, id)
    assert (again.boxes, again.ticked) == ([taken_away], [])


LIKELY = 450


def letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}")


@pytest.fixture
def crowd(meeting: Meeting) -> Meeting:
    """So many participants more, each of whom a list names by half of his name."""
    ids = factories.crowd(LIKELY)
    with db.transaction() as session:
        for number, person in enumerate(
            session.scalars(sa.select(Person).where(Person.id.in_(ids)).order_by(Person.id))
        ):
            person.name = f"Wiryo{letters(number)} Kusumo{letters(number)}"
            person.name_key = search_key(person.name)
            meeting.people[person.name] = person.id
    with db.transaction():
        district.fill(meeting.diklat_id, ids, random.Random(1), clock.now(), attended=0)
    return meeting


def halves() -> str:
    return HEAD + "".join(f"Wiryo{letters(n)},,,150\n" for n in range(LIKELY)) + "Slamet Widodo,,,20\nTamu,,,150\n"


def all_of(form: Form) -> str:
    """What the button that accepts at once would send."""
    (shown,) = re.findall(r'name="semua" value="([0-9,]+)"', form.page)
    return shown


def test_all_likely_lines_of_a_long_list_are_accepted_once_all_were_shown(crowd: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    id = store(crowd, halves()).batch_id
    assert len(batches.likely(batches.lines(id))) == LIKELY
    form = Form(panitia, id)
    assert form.shows("50 baris yang mungkin belum ditampilkan, jadi belum ikut diterima sekaligus.")
    assert form.shows("Terima 400 yang mungkin, yang sudah ditampilkan")
    assert not form.shows("Terima semua yang mungkin")
    (pressed,) = re.findall(r'value="(hal:[0-9]+)" formaction="[^"]*">\s*Lihat 50 yang mungkin lainnya', form.page)
    form.look(pressed)
    assert form.shows("Semua baris yang mungkin sudah ditampilkan.")
    assert form.shows("Terima semua yang mungkin (450)")
    assert "Lihat" not in form.page
    assert {int(line) for line in all_of(form).split(",")} == batches.likely(batches.lines(id)).keys()
    form.look("hal:1")
    assert form.shows("Terima semua yang mungkin (450)")
    panitia.post(f"{form.address}/terapkan", data=form.sent(semua=all_of(form)))
    assert Form(panitia, id).shows("450 peserta ditandai hadir.")
    assert crowd.present() == {name for name in crowd.people if name.startswith("Wiryo")}


def test_only_lines_that_were_shown_or_are_looked_for_are_accepted_at_once(crowd: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    id = store(crowd, halves()).batch_id
    last = f"Wiryo{letters(LIKELY - 1)}"
    form = Form(panitia, id, hal="2")
    assert form.shows("Terima 50 yang mungkin, yang sudah ditampilkan")
    assert form.shows("Lihat 400 yang mungkin lainnya")
    form.look("cari", cari=last)
    assert (form.shows("Terima semua yang mungkin (1)"), form.shows("Lihat")) == (True, False)
    panitia.post(f"{form.address}/terapkan", data=form.sent(semua=all_of(form)))
    assert crowd.present() == {f"{last} Kusumo{letters(LIKELY - 1)}"}
    form = Form(panitia, id)
    form.look("cari", cari="tamu")
    assert 'name="semua"' not in form.page
    form.look("cari", cari="", dilihat="x")
    assert form.shows("Terima 400 yang mungkin, yang sudah ditampilkan")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tamu 007", ["Tamu 007"]), ("TAMU7@example.net", ["Tamu 007"]), ("198501012010012001", ["Bu Rini"]),
        ("19850101", ["Bu Rini"]), ("slamet", ["Pak S."]), ("5", ["Tamu 003"]), ("bukan siapa siapa", []),
        ("slamet@example.org", ["Pak S."]), ("agus", []),
    ],
)  # fmt: skip
def test_lines_are_found_by_name_address_and_number(
    meeting: Meeting, client_of: Opener, words: str, found: list[str]
) -> None:
    """What is written there, or whom it may mean, or where it stands in the file."""
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    with db.transaction() as session:
        session.get_one(Person, meeting.people["Slamet"]).nip = "197001012000011002"
    strangers = "".join(f"Tamu {n:03},tamu{n}@example.net,,150\n" for n in range(20))
    content = HEAD + strangers + "Bu Rini,,198501012010012001,150\nPak S.,slamet@example.org,,150\n"
    form = Form(panitia, store(meeting, content).batch_id, cari=words)
    shown = re.findall(r"Tamu [0-9]{3}(?=<span class)", form.page)
    shown += [name for name in ("Bu Rini", "Pak S.") if name in form.page]
    assert shown == found
    assert form.shows("Tidak ada baris yang cocok.") is (not found)


def test_a_number_of_whom_it_means_finds_a_line(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    with db.transaction() as session:
        session.get_one(Person, meeting.people["Slamet"]).nip = "197001012000011002"
    content = HEAD + "Pak S.,slamet@example.org,,150\nLain,lain@example.net,,150\n"
    form = Form(panitia, store(meeting, content).batch_id, cari="197001012000011002")
    assert ("Pak S." in form.page, "Lain" in form.page) == (True, False)


def test_a_line_of_a_later_page_is_given_and_what_is_ticked_stays_ticked(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    id = store(meeting, long_list()).batch_id
    form = Form(panitia, id)
    form.ticked = form.ticked[:1]
    form.look("hal:3")
    wanted = line(id, "Tamu 849").id
    form.look(f"baris:{wanted}", q="slam")
    assert form.shows("Siapa “Tamu 849”?")
    (code,) = re.findall(r'name="orang" value="([0-9A-Z]{10})" formaction="/kelola/impor/[0-9]+/beri"', form.page)
    answer = panitia.post(f"{form.address}/beri", data=form.sent(orang=code))
    assert (answer.status_code, answer.headers["Location"]) == (307, form.address)
    assert meeting.present() == {"Slamet"}
    form.read(panitia.post(form.address, data=form.sent(orang=code)).get_data(as_text=True))
    assert (form.fields["hal"], len(form.ticked)) == ("3", 1)
    assert not form.shows("Siapa “Tamu 849”?")
    give(id, {})
    assert len(batches.sure(batches.lines(id))) == 3


def test_looking_changes_nothing_and_wrong_values_are_let_go(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    id = store(meeting, HEAD + SURE).batch_id
    for data in (
        {"ke": "hal:x", "hadir": ["x", "1", "99999999:AAAAAAAAAA"]},
        {"ke": "baris:x", "baris": "99999999999"},
        {"ke": "lain", "hal": "-1", "cari": "%"},
        {},
    ):
        assert panitia.post(f"/kelola/impor/{id}", data=data).status_code == 200
    assert meeting.present() == set()


def test_lines_that_prove_too_little_are_kept_with_one_button_and_may_be_given(
    meeting: Meeting, client_of: Opener
) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    content = HEAD + "x,peserta001@example.org,,20\nTamu,,,20\n"
    id = store(meeting, content).batch_id
    form = Form(panitia, id)
    assert form.shows("Simpan sebagai bukti")
    panitia.post(f"{form.address}/terapkan", data=form.sent())
    form = Form(panitia, id)
    assert form.shows("Belum ada yang bertambah hadir; barisnya tersimpan sebagai bukti.")
    assert form.shows("Terlalu sebentar · tersimpan sebagai bukti")
    guest = line(id, "Tamu").id
    assert f'value="baris:{guest}"' in form.page
    code = db.session().get_one(Person, meeting.people["Slamet"]).code
    panitia.post(f"{form.address}/beri", data={"baris": guest, "orang": code})
    assert line(id, "Tamu").person_id == meeting.people["Slamet"]
    assert meeting.present() == set()


def test_the_page_says_whom_the_file_calls_absent_although_he_was_counted(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    first = store(meeting, HEAD + SURE).batch_id
    give(first, batches.sure(batches.lines(first)))
    second = store(meeting, "Nama,Surel,Kehadiran\nx,peserta001@example.org,Alpa\ny,agus@example.org,Hadir\n").batch_id
    form = Form(panitia, second)
    panitia.post(f"{form.address}/terapkan", data=form.sent())
    assert Form(panitia, second).shows(
        "1 peserta tercatat tidak hadir pada berkas ini, jadi kehadirannya perlu ditinjau."
    )
    assert meeting.present() == {"Agus Santoso", "Dwi Handayani"}
