"""Lists that make accounts: looked at with their differences, applied, and taken back as one."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.cli import people as commands
from calakan.cli import roster as lists_of_roster
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.people.models import Jenjang, Person, School
from calakan.roster import lists
from calakan.roster.errors import AccountsAreAdmins
from calakan.roster.models import Makes
from tests import factories
from tests.people.importing import import_people, read
from tests.roster import listing
from tests.roster.listing import NIPS

Opener = Callable[[int | None], FlaskClient]
HEAD = "surel;nama;nip;jabatan;sekolah;kabupaten\n"


def mails() -> list[str]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Person.email).order_by(Person.email)))


def person(email: str) -> Person:
    db.session().rollback()
    return db.session().scalars(sa.select(Person).where(Person.email == email)).one()


def test_nothing_is_made_before_it_is_applied_and_an_owner_is_never_overwritten(app: Flask) -> None:
    ani = factories.person("Ani", jabatan="guru_kelas", phone="")
    with db.transaction() as session:
        session.get_one(Person, ani.id).nip = None
    content = f"{HEAD}{ani.email};Anik;{NIPS[0]};Kepala sekolah;;\nbudi@example.org;Budi;;Guru kelas;;\n".encode()
    id = read(content)
    assert mails() == [ani.email]
    known, new = listing.lines(id)
    assert (known.verdict.value, new.verdict.value) == ("changed", "new")
    assert known.changes == {
        "nip": [None, NIPS[0]], "name": ["Ani", "Anik", "kept"], "jabatan": ["guru_kelas", "kepala_sekolah", "kept"],
    }  # fmt: skip
    done = import_people(content)
    assert (done.id, done.added, done.known, done.problems) == (id, 1, 1, [])
    found = person(ani.email)
    assert (found.name, found.jabatan, found.nip) == ("Ani", "guru_kelas", NIPS[0])


def test_it_goes_as_it_came_and_what_was_used_since_stays(app: Flask) -> None:
    ani = factories.person("Ani").email
    names = ("baru", "masuk", "ikut", "lain")
    lines = "".join(f"{name}@example.org;{name.title()};;;;\n" for name in names)
    id = import_people(f"{HEAD}{ani};Ani;{NIPS[0]};;;\n{lines}".encode()).id
    import_people(f"{HEAD}lain@example.org;Lain;;;;\n".encode())
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.email == "masuk@example.org").values(password_hash="x"))
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.email == "ikut@example.org").values(jabatan="guru_kelas"))
    diklat, follows = factories.diklat().id, person("ikut@example.org").id
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == follows).values(school_elsewhere="SD"))
    with db.transaction():
        enrolment.join(diklat, follows, actor=factories.SYSTEM, now=clock.now(), by_hand=True)
    listing.undone(id)
    assert mails() == sorted([ani, "ikut@example.org", "lain@example.org", "masuk@example.org"])
    assert person(ani).nip is None
    why = {line.name: line.why for line in listing.lines(id)}
    assert why == {"Ani": "", "Baru": "", "Masuk": "used", "Ikut": "used", "Lain": "used"}
    acts = db.session().scalars(sa.select(AuditEntry.act).where(AuditEntry.act.like("roster.un%"))).all()
    assert sorted(acts) == ["roster.undo", "roster.unfill", "roster.unmake"]


def test_what_its_owner_changed_since_is_not_taken_back(app: Flask) -> None:
    ani = factories.person("Ani").email
    id = import_people(f"{HEAD}{ani};Ani;{NIPS[0]};;;\n".encode()).id
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.email == ani).values(nip=NIPS[1]))
    listing.undone(id)
    assert person(ani).nip == NIPS[1]


def test_a_place_of_work_is_taken_back_whole_or_not_at_all(app: Flask) -> None:
    wanted = sa.select(School.id, School.npsn, School.kecamatan_code).where(School.jenjang == Jenjang.SD)
    by_place: dict[str, list[tuple[int, str]]] = {}
    for school_id, npsn, place in db.session().execute(wanted.order_by(School.id)):
        by_place.setdefault(place, []).append((school_id, npsn))
    (first, npsn), (second, _) = next(rows for rows in by_place.values() if len(rows) > 1)[:2]
    stayed, moved = (factories.person(name, complete=False).email for name in ("Ani", "Budi"))
    head = "surel;nama;npsn\n"
    id = import_people(f"{head}{stayed};Ani;{npsn}\n{moved};Budi;{npsn}\n".encode()).id
    assert (person(stayed).school_id, person(stayed).jenjang) == (first, Jenjang.SD)
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.email == moved).values(school_id=second))
    listing.undone(id)
    assert (person(stayed).school_id, person(stayed).kecamatan_code, person(stayed).jenjang) == (None, None, None)
    found = person(moved)
    assert (found.school_id, found.kecamatan_code is None, found.jenjang) == (second, False, Jenjang.SD)


def test_the_address_of_a_closed_account_waits(app: Flask) -> None:
    ani = factories.person("Ani")
    with db.transaction() as session:
        session.get_one(Person, ani.id).active = False
    done = import_people(f"{HEAD}{ani.email};Ani;{NIPS[0]};;;\n".encode())
    assert (done.known, done.problems) == (0, [(2, "email", "shut")])
    assert person(ani.email).nip is None


def test_staff_are_left_alone_and_a_number_of_another_waits(app: Flask) -> None:
    admin, ani = factories.person("Rina", Role.ADMIN), factories.person("Ani", nip=NIPS[0])
    done = import_people(f"{HEAD}{admin.email};Rina;{NIPS[1]};;;\nb@example.org;Budi;{NIPS[0]};;;\n".encode())
    assert (done.known, done.problems) == (1, [(3, "nip", "held")])
    assert person(admin.email).nip is None
    assert person(ani.email).nip == NIPS[0]


def test_one_person_by_two_addresses_is_two_lines_that_wait(app: Flask) -> None:
    ani = factories.person("Ani")
    with db.transaction() as session:
        session.get_one(Person, ani.id).second_email = "ani2@example.org"
    done = import_people(f"{HEAD}{ani.email};Ani;;;;\nani2@example.org;Ani;;;;\n".encode())
    assert [why for _, _, why in done.problems] == ["same_row", "same_row"]


def test_whoever_signed_up_in_between_is_not_made_twice(app: Flask) -> None:
    id = read(f"{HEAD}budi@example.org;Budi;;;;\n".encode())
    budi = factories.person("Budi").id
    with db.transaction() as session:
        session.get_one(Person, budi).email = "budi@example.org"
    with db.transaction():
        lists.apply(id, actor=factories.SYSTEM, now=clock.now())
    listing.work(id)
    (line,) = listing.lines(id)
    assert (line.verdict.value, mails()) == ("same", ["budi@example.org"])


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("kabupaten", "school", "place"),
    [
        ("KAB. CILACAP", "SD Jauh", ("SD Jauh", "Cilacap")),
        ("kota tegal", "SD Jauh", ("SD Jauh", "Kota Tegal")),
        ("Cilacap", "", "no_school"),
        ("Kabupaten Banyumas", "SD Jauh", "school"),
    ],
)
def test_a_school_of_another_kabupaten(app: Flask, kabupaten: str, school: str, place: object) -> None:
    done = import_people(f"{HEAD}a@example.org;Ani;;;{school};{kabupaten}\n".encode())
    if isinstance(place, str):
        assert [why for _, _, why in done.problems] == [place]
    else:
        found = person("a@example.org")
        assert (found.school_elsewhere, found.kabupaten_elsewhere) == place
        assert (found.school_id, found.kecamatan_code) == (None, None)


def test_only_an_admin_makes_accounts(app: Flask, client_of: Opener) -> None:
    rina = factories.person("Rina", Role.PANITIA)
    content = f"{HEAD}a@example.org;Ani;;;;\n".encode()
    with pytest.raises(AccountsAreAdmins), db.transaction():
        lists.store(
            content, source="x", as_of=clock.today(), makes=Makes.ACCOUNTS, file_name="x",
            actor=Actor(person_id=rina.id, name="Rina", roles=frozenset({Role.PANITIA})), now=clock.now(),
        )  # fmt: skip
    panitia, admin = client_of(rina.id), client_of(factories.person("Ratna", Role.ADMIN).id)
    typed = {"source": "Daftar", "as_of": clock.today().isoformat(), "accounts": "y"}

    def send(client: FlaskClient, **more: str) -> tuple[int, str]:
        data = {**typed, **more, "file": (io.BytesIO(content), "guru.csv")}
        answer = client.post("/kelola/roster/daftar", data=data, content_type="multipart/form-data")
        return answer.status_code, answer.headers.get("Location", "") or answer.text

    assert "dibuat oleh admin" in send(panitia)[1]
    assert "Hanya untuk data induk" in send(admin, whole="y")[1]
    code, address = send(admin)
    assert code == 303
    id = int(address.rpartition("/")[2])
    listing.work(id)
    assert "Terapkan 1 baris" in admin.get(address).text
    assert "Terapkan" not in panitia.get(address).text
    assert [panitia.post(f"{address}/{act}", data={"reason": "x"}).status_code for act in ("terapkan", "batalkan")] == [
        403,
        403,
    ]
    assert admin.post(f"{address}/terapkan").status_code == 303
    listing.work(id)
    assert "a@example.org" in mails()


def test_an_erased_person_leaves_no_line(app: Flask) -> None:
    id = import_people(f"{HEAD}budi@example.org;Budi;;;;\n".encode()).id
    lists.forget_person(person("budi@example.org").id)
    db.session().commit()
    (line,) = listing.lines(id)
    assert (line.name, line.facts, line.person_id) == ("", {}, None)


def test_the_command_line_previews_applies_and_takes_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for module in (commands, lists_of_roster):
        monkeypatch.setattr(module, "application", app.app_context)
    file, rest = tmp_path / "guru.csv", tmp_path / "sisa.xlsx"
    file.write_text(f"{HEAD}a@example.org;Ani;;;;\nb@example.org;Budi;1,98501E+17;;;\n")

    def run(group: object, *arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(group, arguments)  # type: ignore[arg-type]  # a click group
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    code, said = run(commands.people, "import", str(file), "--dry-run")
    assert (code, mails()) == (1, [])
    assert "would be 1 added, 0 known already (0 of them filled), 1 waiting" in said
    assert "line 3: Kolom NIP rusak oleh Excel: 1,98501E+17" in said
    code, said = run(commands.people, "import", str(file), "--json", "--waiting", str(rest))
    told = json.loads(said)
    assert (code, told["new"], told["waits"], mails()) == (1, 1, 1, ["a@example.org"])
    assert rest.stat().st_size
    assert run(lists_of_roster.roster, "undo", str(told["list"]), "--reason", "keliru")[0] == 0
    assert mails() == []
