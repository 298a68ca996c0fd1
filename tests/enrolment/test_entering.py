"""Enrolling first: the account comes along with the proof of the address, and nobody gains by what he typed before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat.models import Diklat
from calakan.enrolment import queries, services
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.notifications.models import Message
from calakan.people import queries as people
from calakan.people.models import Jenjang, MailCode, Person, School
from calakan.people.services import entry, second_factor
from calakan.people.services.profile import NOTICE_VERSION
from tests import factories
from tests.security.test_mail_codes import inside, mailed, type_code

Opener = Callable[[int | None], FlaskClient]

EMAIL, SCHOOL = "ani@example.org", "SD NEGERI 1 KEDUNGWULUH"
TYPED = {"name": "Ani Rahmawati", "email": EMAIL, "jabatan": "guru_kelas", "notice": "y"}


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    with time_machine.travel(clock.now(), tick=False):
        yield


def school() -> School:
    return db.session().scalars(sa.select(School).where(School.name == SCHOOL)).one()


def fill_in(browser: FlaskClient, slug: str, **values: str) -> str:
    """The page that follows."""
    typed = {**TYPED, "school_words": SCHOOL, "school_id": str(school().id), **values}
    answer = browser.post(f"/diklat/{slug}/ikut", data=typed)
    return answer.headers.get("Location", "") or answer.get_data(as_text=True)


def ani() -> Person:
    db.session().rollback()
    found = people.by_email(EMAIL)
    assert found is not None
    return found


def enrolled(slug: str, person_id: int) -> EnrolmentState | None:
    db.session().rollback()
    wanted = sa.select(Enrolment.state).join(Diklat).where(Diklat.slug == slug, Enrolment.person_id == person_id)
    return db.session().scalar(wanted)


def test_a_stranger_is_enrolled_by_five_fields_and_a_code(app: Flask, client: FlaskClient) -> None:
    slug = factories.diklat().slug
    assert fill_in(client, slug) == "/masuk/kode-surat/kode"
    assert people.by_email(EMAIL) is None  # an address is nobody's before its proof
    asked_at = clock.now()
    with time_machine.travel(asked_at + timedelta(minutes=3), tick=False):
        assert type_code(client, mailed(EMAIL)[0]) == f"/diklat/{slug}/terdaftar"
        page = client.get(f"/diklat/{slug}/terdaftar").get_data(as_text=True)
    assert "Bapak/Ibu sudah terdaftar" in page
    made = ani()
    place = school()
    assert (made.name, made.jabatan, made.school_id, made.jenjang, made.kecamatan_code, made.password_hash) == (
        "Ani Rahmawati", "guru_kelas", place.id, place.jenjang, place.kecamatan_code, None,
    )  # fmt: skip
    assert (made.notice_version, made.notice_accepted_at) == (NOTICE_VERSION, asked_at)
    assert made.email_confirmed_at == asked_at + timedelta(minutes=3)
    assert made.complete


def test_the_link_enrols_in_another_browser_after_a_look_at_what_was_typed(app: Flask, client: FlaskClient) -> None:
    slug = factories.diklat("Numerasi Asyik").slug
    fill_in(client, slug)
    link, other = mailed(EMAIL)[1], app.test_client()
    page = other.get(link).get_data(as_text=True)
    for told in ("Ani Rahmawati", SCHOOL, "Guru kelas", "Numerasi Asyik", "a•••@example.org"):
        assert told in page
    assert people.by_email(EMAIL) is None
    assert other.post(link).headers["Location"] == f"/diklat/{slug}/terdaftar"
    assert (inside(other), inside(client)) == (True, False)
    assert enrolled(slug, ani().id) is EnrolmentState.CONFIRMED


def test_a_second_diklat_is_one_button(app: Flask, client: FlaskClient) -> None:
    first, second = factories.diklat().slug, factories.diklat("Lain", days=9).slug
    fill_in(client, first)
    type_code(client, mailed(EMAIL)[0])
    assert client.post(f"/diklat/{second}/daftar").headers["Location"] == f"/diklat/{second}/terdaftar"
    assert client.post(f"/diklat/{second}/ikut", data=TYPED).headers["Location"] == f"/diklat/{second}"


@pytest.mark.parametrize("order", ["av", "va", "ava", "a"])
@pytest.mark.parametrize("by", ["code", "link"])
def test_the_attacker_never_gets_in(app: Flask, order: str, by: str) -> None:
    """Whatever the order of forms: a code counts in the browser of its form, and what she proves is what she sees."""
    slug = factories.diklat().slug
    attacker, victim = app.test_client(), app.test_client()
    for who in order:
        browser, name = (attacker, "Menang Hadiah") if who == "a" else (victim, "Ani Rahmawati")
        fill_in(browser, slug, name=name)
    code, link = mailed(EMAIL)
    last_is_hers = order.endswith("v")
    if by == "code":
        assert type_code(victim, code) == (
            f"/diklat/{slug}/terdaftar" if last_is_hers else "" if "v" in order else "/masuk/kode-surat"
        )
        assert inside(victim) is last_is_hers
    else:
        assert ("Menang Hadiah" in victim.get(link).get_data(as_text=True)) is not last_is_hers
        assert victim.post(link).status_code == 303
        assert inside(victim)
    assert not inside(attacker)
    if inside(victim):
        assert attacker.post(link).status_code == 409
        assert not inside(attacker)


@pytest.mark.parametrize("by", ["code", "link"])
def test_a_confirmed_account_keeps_what_it_says(app: Flask, client: FlaskClient, by: str) -> None:
    """The same answer as for a stranger; and only in the browser of the form does the proof fill what is missing."""
    slug, found = factories.diklat().slug, factories.person("Ani Asli", complete=False)
    with db.transaction() as session:
        row = session.get_one(Person, found.id)
        row.email, row.jabatan = EMAIL, "pengawas"
    assert fill_in(client, slug, name="Menang Hadiah") == "/masuk/kode-surat/kode"
    code, link = mailed(EMAIL)
    if by == "code":
        assert type_code(client, code) == f"/diklat/{slug}/terdaftar"
        assert (ani().name, ani().jabatan, ani().school_id) == ("Ani Asli", "pengawas", school().id)
        return
    target = app.test_client().post(link).headers["Location"]
    assert target == f"/saya/profil?next=/diklat/{slug}"
    assert (ani().name, ani().jabatan, ani().school_id, ani().notice_accepted_at) == (
        "Ani Asli",
        "pengawas",
        None,
        None,
    )


def test_an_unproven_claim_is_replaced_by_what_was_proven(app: Flask, client: FlaskClient) -> None:
    slug = factories.diklat().slug
    with db.transaction():
        entry.sign_up(EMAIL, "Menang Hadiah", password_hash="x", now=clock.now())
    fill_in(client, slug)
    assert type_code(client, mailed(EMAIL)[0]) == f"/diklat/{slug}/terdaftar"
    assert (ani().name, ani().password_hash) == ("Ani Rahmawati", None)
    assert enrolled(slug, ani().id) is EnrolmentState.CONFIRMED


def test_a_closed_account_hears_nothing(app: Flask, client: FlaskClient) -> None:
    slug, found = factories.diklat().slug, factories.person()
    with db.transaction() as session:
        session.get_one(Person, found.id).active = False
    email = found.email
    assert fill_in(client, slug, email=email) == "/masuk/kode-surat/kode"
    with pytest.raises(AssertionError):
        mailed(email)


def test_the_line_is_in_order_of_proofs(app: Flask) -> None:
    slug = factories.diklat(quota=1).slug
    first, second = app.test_client(), app.test_client()
    fill_in(first, slug, email="satu@example.org")
    fill_in(second, slug, email="dua@example.org")
    assert type_code(second, mailed("dua@example.org")[0]) == f"/diklat/{slug}/terdaftar"
    assert type_code(first, mailed("satu@example.org")[0]) == f"/diklat/{slug}/terdaftar"
    assert "di antrean nomor 1" in first.get(f"/diklat/{slug}/terdaftar").get_data(as_text=True)
    assert "Bapak/Ibu sudah terdaftar" in second.get(f"/diklat/{slug}/terdaftar").get_data(as_text=True)


def test_a_refusal_is_told_after_the_proof_and_leaves_the_account(app: Flask, client: FlaskClient) -> None:
    slug = factories.diklat(levels=[Jenjang.SMP]).slug
    fill_in(client, slug)
    assert type_code(client, mailed(EMAIL)[0]) == f"/diklat/{slug}"
    page = client.get(f"/diklat/{slug}").get_data(as_text=True)
    assert "Diklat ini untuk jenjang SMP." in page
    assert "sudah masuk" in page
    assert ani().complete
    assert enrolled(slug, ani().id) is None


def test_a_diklat_that_closed_meanwhile(app: Flask, client: FlaskClient) -> None:
    made = factories.diklat()
    slug, id = made.slug, made.id
    fill_in(client, slug)
    code, _ = mailed(EMAIL)
    with db.transaction() as session:
        session.get_one(Diklat, id).enrol_closes_at = clock.now()
    assert type_code(client, code) == f"/diklat/{slug}"
    assert "Pendaftaran ditutup" in client.get(f"/diklat/{slug}").get_data(as_text=True)
    assert inside(client)
    stranger = app.test_client()
    assert fill_in(stranger, slug) == f"/diklat/{slug}"
    assert "Pendaftaran ditutup" in stranger.get(f"/diklat/{slug}").get_data(as_text=True)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Message).where(Message.kind == entry.CODE)) == 1


def test_whoever_has_a_clash_decides_himself(app: Flask, client: FlaskClient) -> None:
    one, other = factories.diklat("Satu"), factories.diklat("Dua").slug
    found = factories.person()
    email, id = found.email, found.id
    with db.transaction():
        services.join(one.id, id, actor=factories.actor(found), now=clock.now())
    fill_in(client, other, email=email)
    assert type_code(client, mailed(email)[0]) == f"/diklat/{other}"
    assert "bertepatan dengan “Satu”" in client.get(f"/diklat/{other}").get_data(as_text=True)


def test_staff_with_a_second_step_come_back_to_the_diklat(app: Flask, client: FlaskClient) -> None:
    slug, found = factories.diklat().slug, factories.person("Sri", Role.PANITIA)
    email, id = found.email, found.id
    with db.transaction():
        second_factor.prepare(id, now=clock.now())
        factor = people.prepared_factor(id)
        assert factor is not None
        factor.confirmed_at = clock.now()
    fill_in(client, slug, email=email)
    assert type_code(client, mailed(email)[0]) == f"/masuk/kode?next=/diklat/{slug}"
    assert enrolled(slug, id) is None
    assert not inside(client)


def test_the_school_is_searched_for_without_a_script(app: Flask, client: FlaskClient) -> None:
    slug = factories.diklat().slug
    page = fill_in(client, slug, school_words="kedungwuluh", school_id="")
    assert "sekolah cocok. Pilih satu" in page
    assert f'value="{school().id}"' in page
    assert 'value="Ani Rahmawati"' in page
    assert fill_in(client, slug, school_words="kedungwuluh") == "/masuk/kode-surat/kode"
    assert fill_in(client, slug, school_words="sdn 1 kedungwuluh purwokerto barat", school_id="x") != ""
    assert fill_in(client, slug, school_words=school().npsn, school_id="") == "/masuk/kode-surat/kode"


def test_whoever_works_elsewhere_says_so_once_asked(app: Flask, client: FlaskClient) -> None:
    slug = factories.diklat().slug
    place = "Dinas Pendidikan Kota Lain"
    page = fill_in(client, slug, school_words=place, school_id="lain")
    assert "Tidak ada sekolah yang cocok" in page
    assert fill_in(client, slug, school_words=place, school_id="lain", school_asked=place) == "/masuk/kode-surat/kode"
    assert type_code(client, mailed(EMAIL)[0]) == f"/diklat/{slug}/terdaftar"
    assert (ani().school_id, ani().school_elsewhere, ani().complete) == (None, place, True)


def test_whoever_works_in_another_kabupaten_is_asked_which_and_nobody_else_is(app: Flask, client: FlaskClient) -> None:
    """The field stands on the second page alone; with it nothing has to be picked from the list."""
    slug, place = factories.diklat(levels=[Jenjang.SMP]).slug, "SMPN 3 Kroya"
    assert 'name="kabupaten"' not in client.get(f"/diklat/{slug}/ikut").get_data(as_text=True)
    page = fill_in(client, slug, school_words=place, school_id="")
    assert 'name="kabupaten"' in page
    again = fill_in(
        client, slug, school_words=place, school_asked=place, school_id="", kabupaten="kab. cilacap", notice=""
    )
    assert re.search(r'name="kabupaten"[^>]*value="kab. cilacap"', again)
    assert re.search(r'<option value="lain"\s+selected', again)
    typed = {"school_words": place, "school_asked": place, "school_id": "", "kabupaten": "KAB. CILACAP"}
    assert fill_in(client, slug, **typed) == "/masuk/kode-surat/kode"
    assert "SMPN 3 Kroya, Cilacap" in client.get("/masuk/kode-surat/kode").get_data(as_text=True)
    assert "Cilacap" in client.get(mailed(EMAIL)[1]).get_data(as_text=True)
    back = client.get(f"/diklat/{slug}/ikut").get_data(as_text=True)
    assert re.search(r'name="kabupaten"[^>]*value="Cilacap"', back)
    assert type_code(client, mailed(EMAIL)[0]) == f"/diklat/{slug}/terdaftar"
    made = ani()
    assert (made.school_id, made.school_elsewhere, made.kabupaten_elsewhere) == (None, place, "Cilacap")
    assert (made.kecamatan_code, made.complete) == (None, True)


@pytest.mark.parametrize(
    ("chosen", "kabupaten", "follows"),
    [
        ("lain", "", "/masuk/kode-surat/kode"),
        ("lain", "Kabupaten Banyumas", "/masuk/kode-surat/kode"),  # ours is no other one
        ("", "", "Pilih satu di bawah ini"),
        ("", "Banyumas", "Pilih satu di bawah ini"),
        ("one", "", "/masuk/kode-surat/kode"),
        ("one", "Cilacap", "ada di Kabupaten Banyumas. Kosongkan kabupatennya"),  # both can not be
        ("lain", "x" * 81, "Paling banyak 80 huruf"),
    ],
)
def test_a_school_of_the_list_is_in_no_other_kabupaten(
    app: Flask, client: FlaskClient, chosen: str, kabupaten: str, follows: str
) -> None:
    slug, place = factories.diklat().slug, "kedungwuluh"
    id = str(school().id) if chosen == "one" else chosen
    page = fill_in(client, slug, school_words=place, school_asked=place, school_id=id, kabupaten=kabupaten)
    assert follows in page
    if not page.startswith("/"):
        assert 'name="kabupaten"' in page
        assert people.by_email(EMAIL) is None
    if chosen == "one" and kabupaten:  # what was picked stays, so that the other of both can be taken away
        assert re.search(rf'<option value="{id}"\s+selected', page)


def test_one_school_that_fits_is_told_with_its_kabupaten_before_the_proof(app: Flask, client: FlaskClient) -> None:
    """Villages of two kabupaten bear one name: whoever means the other sees it and mends it."""
    slug = factories.diklat().slug
    assert fill_in(client, slug, school_words=school().npsn, school_id="") == "/masuk/kode-surat/kode"
    page = client.get("/masuk/kode-surat/kode").get_data(as_text=True)
    assert f"{SCHOOL}, Kabupaten Banyumas" in page
    assert "Betulkan isian" in page


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "", "Tulis nama lengkap Bapak/Ibu."),
        ("name", "Ani 漢", "tidak dapat dicetak"),
        ("email", "ani", "Tulis alamat email lengkap"),
        ("email", "ani@gmial.com", "Maksudnya ani@gmail.com?"),
        ("school_words", "", "Tulis nama sekolah atau NPSN."),
        ("jabatan", "", "Pilih jabatan Bapak/Ibu."),
        ("jabatan", "raja", "Pilih dari daftar."),
        ("notice", "", "Centang persetujuan"),
    ],
)
def test_what_is_missing_is_told_beside_its_field(
    app: Flask, client: FlaskClient, field: str, value: str, told: str
) -> None:
    slug = factories.diklat().slug
    page = fill_in(client, slug, **{field: value})
    assert told in page
    assert re.search(rf'id="{field}-e"', page)
    assert db.session().scalars(sa.select(MailCode)).all() == []


def test_whoever_mistyped_the_address_types_it_anew(app: Flask, client: FlaskClient) -> None:
    slug = factories.diklat().slug
    fill_in(client, slug, email="salah@example.org")
    assert f'href="/diklat/{slug}/ikut"' in client.get("/masuk/kode-surat/kode").get_data(as_text=True)
    page = client.get(f"/diklat/{slug}/ikut").get_data(as_text=True)
    assert 'value="salah@example.org"' in page
    assert fill_in(client, slug) == "/masuk/kode-surat/kode"
    assert type_code(client, mailed(EMAIL)[0]) == f"/diklat/{slug}/terdaftar"


def test_a_form_without_a_token_is_taken_from_our_own_pages_alone(app: Flask) -> None:
    slug = factories.diklat().slug
    typed = {**TYPED, "school_words": SCHOOL, "school_id": str(school().id)}
    app.config["WTF_CSRF_ENABLED"] = True

    def post(**heads: str) -> int:
        heads = {name.replace("_", "-"): value for name, value in heads.items()}
        return app.test_client().post(f"/diklat/{slug}/ikut", data=typed, headers=heads).status_code

    assert post(Sec_Fetch_Site="same-origin") == 303
    assert post(Origin="http://localhost") == 303
    assert post() == 400
    assert post(Origin="http://evil.example") == 400
    assert post(Sec_Fetch_Site="cross-site", Origin="http://localhost") == 400
    assert post(Origin="null") == 400


def test_the_page_of_a_diklat_holds_the_form_for_strangers_alone_and_makes_no_session(
    app: Flask, client_of: Opener
) -> None:
    made = factories.diklat()
    stranger, member = app.test_client(), client_of(factories.person().id)
    answer = stranger.get(f"/diklat/{made.slug}")
    assert f'action="/diklat/{made.slug}/ikut"' in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert f'action="/diklat/{made.slug}/ikut"' not in member.get(f"/diklat/{made.slug}").get_data(as_text=True)
    assert queries.enrolment(made.id, 1) is None
