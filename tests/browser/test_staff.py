"""An admin at work, and those who look after schools: each sees what is theirs and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from calakan.diklat.models import Diklat
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office.queries import office_settings
from calakan.people import queries as people
from calakan.people.models import PersonScope, School
from tests import factories
from tests.browser.conftest import Town, arrive, fits, fresh, go_on, type_account
from tests.browser.test_teacher import letter_link

NEW_PASSWORD = "mangga manis di tepi sungai serayu"


def add_person(page: Page, email: str, kecamatan: str) -> None:
    """A korwilcam with their kecamatan."""
    page.locator(".adm-nav a[href='/kelola/orang']").click()
    page.locator("main a[href='/kelola/orang/tambah']").click()
    page.fill("#name", "Wahyu Korwil")
    page.fill("#email", email)
    page.check("input[name=roles][value=korwilcam]")
    go_on(page)
    scope = page.locator("form[action$='/wilayah']")
    scope.locator("summary").click()
    scope.locator(f"input[name=kecamatan][value='{kecamatan}']").check()
    scope.locator("button").click()
    scope = page.locator("form[action$='/wilayah']")
    expect(scope.locator("input[name=kecamatan]:checked")).to_have_count(1)


@pytest.mark.timeout(120)
def test_an_admin_adds_a_person_changes_a_setting_and_finds_both_in_the_trail(town: Town) -> None:
    first, other = two_schools()
    factories.person("Sri Mulyati", school_id=first.id)
    factories.person("Budi Santoso", school_id=other.id)
    kecamatan, email = first.kecamatan_code, "wahyu@example.org"
    page = town.log_in(town.account("Ade Admin", Role.ADMIN, school_id=other.id), width=1280)
    page.locator(".nav a[href='/kelola']").click()
    add_person(page, email, kecamatan)

    page.locator(".adm-nav a[href='/kelola/pengaturan']").click()
    page.locator("main details").filter(has=page.locator("#yearly_jp_target")).locator("summary").first.click()
    page.fill("#yearly_jp_target", "32")
    go_on(page)
    expect(page.locator("#yearly_jp_target")).to_have_value("32")
    expect(page.locator("main .is-err")).to_have_count(0)
    fresh()
    assert office_settings().yearly_jp_target == 32

    link = letter_link(town, email)
    page.locator(".adm-nav a[href='/kelola/pesan']").click()
    expect(page.locator("tbody tr").filter(has_text=email)).to_have_count(1)
    page.locator(".adm-nav a[href='/kelola/pengaturan']").click()
    page.locator(".tabs a[href='/kelola/jejak']").click()
    trail = page.locator("tbody tr").filter(has=page.locator("td:nth-child(3)", has_text="Ade Admin"))
    # Added and looked at, given a kecamatan and looked at again; a list that was opened names nobody.
    of_whom = ["", "Target JP setahun", *["Wahyu Korwil"] * 4, "", "Ade Admin"]
    expect(trail.locator("td:nth-child(2)")).to_have_text(of_whom)
    assert fits(page)

    newcomer = town.open()
    newcomer.goto(link)
    newcomer.fill("#password", NEW_PASSWORD)
    go_on(newcomer)
    type_account(newcomer, email, NEW_PASSWORD)
    arrive(newcomer, "/akun/persetujuan")
    newcomer.check("#notice")
    go_on(newcomer)
    arrive(newcomer, "/hari-ini")
    newcomer.goto(f"{town.base}/binaan")
    expect(newcomer.locator("main tbody th")).to_have_text(["Sri Mulyati"])


def two_schools() -> tuple[School, School]:
    """Of two kecamatan."""
    schools = list(db.session().scalars(sa.select(School).order_by(School.id).limit(200)))
    return schools[0], next(s for s in schools if s.kecamatan_code != schools[0].kecamatan_code)


def grant(person_id: int, **place: object) -> None:
    with db.transaction() as session:
        session.add(PersonScope(person_id=person_id, **place))


# Role, post, and what they look after, given a school.
OVERSEERS: dict[str, tuple[Role | None, str, Callable[[School], dict[str, object]]]] = {
    "kepsek": (None, "kepala_sekolah", lambda school: {"school_id": school.id}),
    "pengawas": (None, "pengawas_sekolah", lambda school: {"school_id": school.id}),
    "korwilcam": (Role.KORWILCAM, "tenaga_kependidikan", lambda school: {"kecamatan_code": school.kecamatan_code}),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", OVERSEERS)
def test_who_looks_after_schools_sees_their_own_people_and_counts(town: Town, kind: str) -> None:
    role, post, place = OVERSEERS[kind]
    first, other = two_schools()
    given, schools = place(first), (first.id, other.id)
    course = factories.diklat("Numerasi Asyik")
    slug, diklat_id = course.slug, course.id
    for name, school_id in zip(("Sri Mulyati", "Budi Santoso"), schools, strict=True):
        teacher = factories.person(name, school_id=school_id)
        code, teacher_id = teacher.code, teacher.id
        with db.transaction():
            enrolment.join(diklat_id, teacher_id, actor=factories.SYSTEM, now=clock.now())
    email = town.account("Eko Prasetyo", *([role] if role else []), jabatan=post, school_id=schools[1])
    person = people.by_email(email)
    assert person is not None
    grant(person.id, **given)

    page = town.log_in(email)
    page.locator("details.menu summary").click()
    page.locator("details.menu a[href='/binaan']").click()
    expect(page.locator("main tbody th")).to_have_text(["Sri Mulyati"])
    assert fits(page)
    page.locator("main a[href='/kelola/laporan']").click()
    page.get_by_role("link", name="Tampilkan seluruh waktu").click()  # the diklat is still to come
    totals = page.locator("section[aria-labelledby=h-tbl] tbody").last.locator("td.r b")
    expect(totals).to_have_text(["1", "1"])
    assert fits(page)
    elsewhere = {
        path: page.context.request.get(f"{town.base}{path}").status
        for path in (
            "/kelola", "/kelola/diklat", "/kelola/orang", f"/kelola/orang/{code}", "/kelola/pesan",
            "/kelola/pengaturan", "/kelola/jejak", f"/kelola/diklat/{slug}/peserta", f"/kelola/diklat/{slug}/kehadiran",
        )
    }  # fmt: skip
    assert set(elsewhere.values()) <= {403, 404}, elsewhere
    assert db.session().scalar(sa.select(Diklat.title).where(Diklat.id == diklat_id)) == "Numerasi Asyik"
