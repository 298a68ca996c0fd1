"""What a kepala sekolah, pengawas or korwilcam sees: their own people's year, and nothing else of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.certificates import queries as certificates
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment_queries
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, codes, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.people.models import School
from calakan.people.services import roles
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def certify(diklat_id: int, person_id: int, jp: int, **values: object) -> None:
    now = clock.now()
    given = {"status": Status.VALID, "issued_on": clock.today(), **values}
    with db.transaction() as session:
        session.add(
            Certificate(
                key=codes.code(20), code=codes.code(26), diklat_id=diklat_id, person_id=person_id, jp=jp, due_at=now,
                asked_at=now, state=WorkState.DONE, role=CertificateRole.PARTICIPANT, **given,
            )
        )  # fmt: skip


@pytest.fixture(autouse=True)
def in_the_middle_of_the_year() -> Iterator[None]:
    with time_machine.travel(factories.june()):
        yield


@pytest.fixture
def schools(app: Flask) -> tuple[School, School]:
    """Two schools in different kecamatan."""
    first = db.session().scalars(sa.select(School).order_by(School.id)).first()
    assert first is not None
    other = (
        db.session()
        .scalars(sa.select(School).where(School.kecamatan_code != first.kecamatan_code).order_by(School.id))
        .first()
    )
    assert other is not None
    return first, other


@pytest.mark.parametrize("by", ["school", "kecamatan"])
def test_only_ones_own_people_with_their_year(
    app: Flask, client_of: Opener, schools: tuple[School, School], by: str
) -> None:
    mine, other = (school.id for school in schools)
    kecamatan = schools[0].kecamatan_code
    course = factories.diklat("Numerasi Asyik").id
    ani = factories.person("Ani Rahmawati", school_id=mine, nip="198501012010012001", phone="081234567890")
    budi = factories.person("Budi Santoso", school_id=other)
    email, code, ani_id, budi_id = ani.email, ani.code, ani.id, budi.id
    for person_id in (ani_id, budi_id):
        with db.transaction():
            enrolment.join(course, person_id, actor=factories.SYSTEM, now=clock.now())
    certify(course, ani_id, 8)
    certify(course, ani_id, 5, status=Status.REVOKED)
    certify(course, budi_id, 12)
    head = factories.person("Tono", *([Role.KORWILCAM] if by == "kecamatan" else []), school_id=other).id
    with db.transaction():
        roles.set_scope(
            head,
            school_ids=[mine] if by == "school" else [],
            kecamatan_codes=[kecamatan] if by == "kecamatan" else [],
            actor=factories.SYSTEM,
            now=clock.now(),
        )
    browser = client_of(head)
    page = browser.get("/binaan").get_data(as_text=True)
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert table.count('<th scope="row">') == 1
    assert "Ani Rahmawati" in table
    assert "Numerasi Asyik" in table
    assert "<b>8</b> dari 20 JP" in table
    for leak in (email, "2001", "081234567890", "6281234567890"):
        assert leak not in table
    assert "Budi" not in page
    # An address is no way to find out who has an account.
    assert "Ani" not in browser.get(f"/binaan?q={email}").get_data(as_text=True)
    assert "Ani" in browser.get("/binaan?q=rahma").get_data(as_text=True)
    for path in (f"/kelola/orang/{code}", "/kelola/orang", "/kelola/diklat/numerasi-asyik/peserta"):
        assert browser.get(path).status_code in (403, 404)


def test_the_page_is_for_those_with_a_scope(app: Flask, client_of: Opener) -> None:
    assert client_of(factories.person("Ani").id).get("/binaan").status_code == 403
    assert client_of(None).get("/binaan").status_code == 302


def test_a_closed_account_is_no_longer_shown(app: Flask, client_of: Opener, schools: tuple[School, School]) -> None:
    gone, head = factories.person("Ani", school_id=schools[0].id).id, factories.person("Tono").id
    mine = schools[0].id
    with db.transaction():
        roles.set_scope(head, school_ids=[mine], kecamatan_codes=[], actor=factories.SYSTEM, now=clock.now())
    with db.transaction():
        roles.switch_account(gone, active=False, actor=factories.SYSTEM, now=clock.now())
    page = client_of(head).get("/binaan").get_data(as_text=True)
    assert ">Tono</a></th>" in page
    assert "Ani" not in page[page.index("<main") :]


def test_the_sums_for_many_are_those_of_each(app: Flask) -> None:
    course, ani, budi = factories.diklat("Numerasi").id, factories.person("Ani").id, factories.person("Budi").id
    certify(course, ani, 8)
    with db.transaction():
        enrolment.join(course, ani, actor=factories.SYSTEM, now=clock.now())
    year = clock.today().year
    assert (
        certificates.jp_by_person([ani, budi], year)
        == {ani: certificates.jp_of_year(certificates.of_person(ani), year)}
        == {ani: 8}
    )
    assert certificates.jp_by_person([ani, budi], year - 1) == {}
    starts_at = db.session().get_one(Diklat, course).starts_at
    assert starts_at is not None
    held = clock.local(starts_at).year
    assert dict(enrolment_queries.titles_of_year([ani, budi], held)) == {ani: ["Numerasi"]}
    assert dict(enrolment_queries.titles_of_year([ani, budi], held + 1)) == {}
