"""What the panitia do to many at once: ticks that travel, one sheet, and a result that names whom it could not be done for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance.models import Evidence
from calakan.audit.models import AuditEntry
from calakan.certificates.models import Certificate
from calakan.completion.models import PassingException
from calakan.diklat.models import Diklat
from calakan.diklat.services import states
from calakan.enrolment import many, moving, queries, services
from calakan.enrolment.errors import NoSeatThere, NotEnrolled, NothingToMove
from calakan.enrolment.models import Broadcast, Enrolment, EnrolmentState
from calakan.kernel import clock, codes, db
from calakan.kernel.actor import Role
from calakan.notifications.models import Message
from calakan.people.models import Person
from tests import factories

Opener = Callable[[int | None], FlaskClient]
CONFIRMED, WAITING, CANCELLED = EnrolmentState.CONFIRMED, EnrolmentState.WAITING, EnrolmentState.CANCELLED


class Office:
    """A diklat of three days ahead with three seated people, and a member of the panitia who sees to it."""

    def __init__(self, client_of: Opener, *names: str, **values: Any) -> None:
        made = factories.diklat("Numerasi", **values)
        self.id, self.slug, self.ends_at = made.id, made.slug, made.ends_at
        people = [factories.person(name) for name in names or ("Ani", "Budi", "Citra")]
        self.ids = {person.name: person.id for person in people}
        self.codes = {person.name: person.code for person in people}
        factories.enrol(self.id, [person.id for person in people])
        self.staff = factories.person("Rina", Role.PANITIA).id
        self._client_of = client_of
        self.path = f"/kelola/diklat/{self.slug}/peserta"

    def do(self, act: str, *names: str, status: str = "confirmed", **fields: str) -> str:
        """What is seen after the button of the sheet."""
        picked = many.joined(self.codes[name] for name in names)
        sent = {"tindakan": act, "dipilih": picked, **fields}
        address = f"{self.path}/banyak/lakukan?status={status}"
        found = self._client_of(self.staff).post(address, data=sent, follow_redirects=True)
        db.db.session.remove()
        return " ".join(re.sub(r"<[^>]*>", " ", found.get_data(as_text=True)).split())

    def states(self, diklat_id: int | None = None) -> dict[str, EnrolmentState]:
        db.db.session.remove()
        held = queries.states_of(diklat_id or self.id, self.ids.values())
        return {name: held[id] for name, id in self.ids.items() if id in held}

    def after(self) -> Any:
        """The day after its session."""
        assert self.ends_at is not None
        return time_machine.travel(self.ends_at + timedelta(days=1))


def count(model: type[Any]) -> int:
    return db.session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


def acts(name: str) -> int:
    return len(db.session().scalars(sa.select(AuditEntry.id).where(AuditEntry.act == name)).all())


def test_ticks_survive_paging_and_search(app: Flask, client_of: Opener) -> None:
    office = Office(client_of, *(f"Guru {n:02}" for n in range(30)))
    browser = client_of(office.staff)
    first, other = office.codes["Guru 01"], office.codes["Guru 27"]
    look = f"{office.path}/lihat"
    there = browser.post(look, data={"orang": first, "hal": "2", "status": "confirmed"})
    assert (there.status_code, there.headers["Location"]) == (
        303,
        f"{office.path}?status=confirmed&hal=2&pilih={first}",
    )
    page = browser.get(there.headers["Location"]).get_data(as_text=True)
    assert f'name="dipilih" value="{first}"' in page
    assert ">1</span> dipilih" in page
    back = browser.post(look, data={"dipilih": first, "orang": other, "q": "guru 27", "status": "confirmed"})
    page = browser.get(back.headers["Location"]).get_data(as_text=True)
    assert re.search(f'value="{other}"\\s+checked', page)
    assert ">2</span> dipilih" in page
    # A tick that is taken away on its page is gone.
    page = browser.get(browser.post(look, data={"dipilih": first}).headers["Location"]).get_data(as_text=True)
    assert ">1</span> dipilih" in page
    sheet = browser.post(f"{office.path}/banyak", data={"tindakan": "batal", "dipilih": first, "orang": other})
    assert re.findall(r"<li>(Guru [0-9]+)", sheet.get_data(as_text=True)) == ["Guru 01", "Guru 27"]
    # All whom the filters of the address show, whatever was typed into them since.
    everybody = {"tindakan": "batal", "semua": "1", "q": "guru 27"}
    assert "30 orang" in browser.post(f"{office.path}/banyak", data=everybody).get_data(as_text=True)
    few = browser.post(f"{office.path}/banyak?q=guru+1", data={"tindakan": "batal", "semua": "1"})
    assert "10 orang" in few.get_data(as_text=True)


def test_nobody_too_many_and_what_is_not_offered(app: Flask, client_of: Opener) -> None:
    office = Office(client_of)
    browser = client_of(office.staff)
    nobody = browser.post(f"{office.path}/banyak", data={"tindakan": "batal"}, follow_redirects=True)
    assert "Centang peserta lebih dulu." in nobody.get_data(as_text=True)
    for act in ("hadir", "kursi", "sertifikat", "hapus", ""):  # before its session, of the seated, of an open diklat
        sent = {"tindakan": act, "orang": office.codes["Ani"]}
        assert "tidak dapat dilakukan sekarang" in browser.post(
            f"{office.path}/banyak", data=sent, follow_redirects=True
        ).get_data(as_text=True)
    assert "Centang peserta lebih dulu." in office.do("batal", reason="x")
    crowd = ".".join(codes.code(10) for _ in range(many.MOST_PICKED + 1))
    too_many = browser.post(f"{office.path}/lihat", data={"dipilih": crowd}, follow_redirects=True)
    assert "Paling banyak 300 orang sekaligus." in too_many.get_data(as_text=True)
    assert office.states() == dict.fromkeys(office.ids, CONFIRMED)


def test_a_message_reaches_the_chosen_once(app: Flask, client_of: Opener) -> None:
    office = Office(client_of)
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.name == "Citra").values(email_confirmed_at=None))
    text = {"subject": "Halo {nama}", "body": "Tentang {diklat}.", "kunci": "satu"}
    said = office.do("pesan", "Ani", "Citra", **text)
    assert "1 orang masuk antrean pesan, 1 tidak." in said
    assert "Emailnya belum dipastikan. Citra" in said
    assert office.do("pesan", "Ani", "Citra", **text) == said
    told = db.session().scalars(sa.select(Message.person_id).where(Message.kind == "enrolment.broadcast")).all()
    assert told == [office.ids["Ani"]]
    assert count(Broadcast) == 1
    assert "{kelas} tidak dikenal." in office.do("pesan", "Ani", **{**text, "body": "Tentang {kelas}."})
    assert "Tidak ada penerima" in office.do("pesan", "Citra", **{**text, "kunci": "dua"})
    assert count(Broadcast) == 1
    office.do("pesan", "Ani", **{**text, "kunci": "tiga"})
    assert count(Broadcast) == 2


def test_presence_is_marked_for_many_and_ones_own_case_is_left(app: Flask, client_of: Opener) -> None:
    office = Office(client_of)
    rina = db.session().get_one(Person, office.staff)
    office.ids["Rina"], office.codes["Rina"] = rina.id, rina.code
    with db.transaction():
        services.join(office.id, office.staff, actor=factories.SYSTEM, now=clock.now())
    mark = {"sesi": "1", "hadir": "y", "reason": "Daftar di kertas"}
    with office.after():
        said = office.do("hadir", "Ani", "Budi", "Rina", **mark)
        assert "2 orang dicatat, 1 tidak." in said
        assert "minta panitia lain yang memutuskan. Rina" in said
        assert "2 sudah begitu sebelumnya." in office.do("hadir", "Ani", "Budi", **mark)
        assert "Tulis alasannya." in office.do("hadir", "Citra", **{**mark, "reason": " "})
    assert count(Evidence) == 2


def test_who_lacks_something_is_let_pass_and_who_was_cancelled_is_not(app: Flask, client_of: Opener) -> None:
    office = Office(client_of)
    office.do("batal", "Citra", reason="Pindah tugas")
    with office.after():
        said = office.do("luluskan", "Ani", "Budi", "Citra", reason="Tugas dinas")
        assert "2 orang dinyatakan lulus, 1 tidak." in said
        assert "0 orang dinyatakan lulus, 2 sudah begitu sebelumnya." in office.do(
            "luluskan", "Ani", "Budi", reason="Tugas dinas"
        )
        office.do("hadir", "Ani", "Budi", sesi="1", hadir="y", reason="Daftar di kertas")
        assert "1 tidak." in office.do("luluskan", "Ani", reason="Alasan lain")
    assert count(PassingException) == acts("completion.give_exception") == 2


def test_people_move_to_another_diklat_as_long_as_there_are_seats(app: Flask, client_of: Opener) -> None:
    office = Office(client_of, quota=3)
    late = factories.person("Dewi")
    with db.transaction():
        services.join(office.id, late.id, actor=factories.SYSTEM, now=clock.now())
    office.ids["Dewi"], office.codes["Dewi"] = late.id, late.code
    there = factories.diklat("Literasi", quota=1, days=5)
    id, slug = there.id, there.slug
    said = office.do("pindah", "Ani", "Budi", ke=slug, reason="Salah pilih")
    assert "1 orang dipindahkan, 1 tidak." in said
    assert "Kursi pada Literasi sudah penuh. Budi" in said
    assert office.states() == {"Ani": CANCELLED, "Budi": CONFIRMED, "Citra": CONFIRMED, "Dewi": CONFIRMED}
    assert office.states(id) == {"Ani": CONFIRMED}
    assert "0 orang dipindahkan, 1 sudah begitu sebelumnya." in office.do(
        "pindah", "Ani", ke=slug, reason="Salah pilih"
    )
    reason = db.session().scalar(sa.select(Enrolment.cancel_reason).where(Enrolment.state == CANCELLED))
    assert reason == "Dipindahkan ke diklat “Literasi”. Salah pilih"
    assert acts("enrolment.move") == 1
    assert "Pilih dari daftar." in office.do("pindah", "Budi", ke=office.slug, reason="x")


def test_a_move_is_whole_or_not_at_all(app: Flask, client_of: Opener) -> None:
    office, there = Office(client_of), factories.diklat("Literasi", quota=1, days=5)
    to, stranger = there.id, factories.person("Lain").id

    def move(person_id: int, *, to: int) -> Enrolment | None:
        with db.transaction():
            return moving.move(office.id, person_id, to=to, reason="", actor=factories.SYSTEM, now=clock.now())

    with pytest.raises(NothingToMove):
        move(office.ids["Ani"], to=office.id)
    with pytest.raises(NotEnrolled):
        move(stranger, to=to)
    factories.enrol(to, [stranger])
    with pytest.raises(NoSeatThere):
        move(office.ids["Ani"], to=to)
    assert office.states(to) == {}
    over = factories.diklat("Sudah tutup", days=6, enrol_closes_at=clock.now()).id
    move(office.ids["Budi"], to=over)  # the panitia may, though nobody joins any more
    assert office.states(over) == {"Budi": CONFIRMED}
    office.do("batal", "Ani", reason="Sakit")
    with pytest.raises(NotEnrolled):  # cancelled here and not enrolled there: nobody moved him
        move(office.ids["Ani"], to=to)


def test_papers_are_asked_for_the_chosen_alone(app: Flask, client_of: Opener) -> None:
    office = Office(client_of)
    with office.after():
        office.do("hadir", "Ani", sesi="1", hadir="y", reason="Daftar di kertas")
        with db.transaction():
            states.close(office.id, actor=factories.SYSTEM, now=clock.now())
        with db.transaction() as session:
            session.execute(sa.delete(Certificate))
        said = office.do("sertifikat", "Ani", "Budi", jenis="peserta")
        assert "1 berkas sedang disiapkan, 1 tidak." in said
        assert "Budi" in said
        assert "1 sudah begitu sebelumnya." in office.do("sertifikat", "Ani", jenis="peserta")
        assert "Memenuhi syarat sertifikat" in office.do("sertifikat", "Ani", jenis="hadir")
    assert db.session().scalars(sa.select(Certificate.person_id)).all() == [office.ids["Ani"]]


def test_seats_follow_the_line_and_a_closed_account_gets_none(app: Flask, client_of: Opener) -> None:
    office = Office(client_of, quota=3)
    for name in ("Zaki", "Dewi", "Eko"):
        late = factories.person(name)
        office.ids[name], office.codes[name] = late.id, late.code
        with db.transaction():
            services.join(office.id, late.id, actor=factories.SYSTEM, now=clock.now())
    with db.transaction() as session:
        session.execute(sa.update(Diklat).values(quota=4))
        session.execute(sa.update(Person).where(Person.name == "Dewi").values(active=False))
    said = office.do("kursi", "Eko", "Dewi", "Zaki", status="waiting")
    assert "1 orang mendapat kursi, 2 tidak." in said
    assert "Akunnya ditutup. Dewi" in said
    assert "Kursi kosong tinggal 0." in said
    held = office.states()
    assert (held["Zaki"], held["Dewi"], held["Eko"]) == (CONFIRMED, WAITING, WAITING)


def test_what_is_offered_follows_the_state_of_the_diklat(app: Flask, client_of: Opener) -> None:
    office = Office(client_of)

    def offered(stage: EnrolmentState, now: Any = None) -> set[str]:
        found = db.session().get_one(Diklat, office.id)
        return {act.value for act in many.offered(found, stage, now=now or clock.now())}

    after = office.ends_at + timedelta(days=1) if office.ends_at else None
    assert offered(CONFIRMED) == {"pesan", "luluskan", "pindah", "batal"}
    assert offered(CONFIRMED, after) == {"pesan", "luluskan", "pindah", "batal", "hadir"}
    assert offered(WAITING) == {"pesan", "pindah", "batal", "kursi"}
    assert offered(WAITING, after) == {"pesan", "pindah", "batal"}
    assert offered(CANCELLED) == {"pesan"}
    with office.after(), db.transaction():
        states.close(office.id, actor=factories.SYSTEM, now=clock.now())
    assert offered(CONFIRMED) == {"pesan", "luluskan", "sertifikat"}
    assert offered(WAITING) == offered(CANCELLED) == {"pesan"}
