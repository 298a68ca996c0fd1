"""Many enrolled from a pasted list: looked at first, then one by one, and a refusal to one stops nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.people.models import Jenjang, Person
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def standing(diklat_id: int) -> dict[str, EnrolmentState]:
    db.db.session.remove()
    wanted = sa.select(Person.name, Enrolment.state).join(Enrolment, Enrolment.person_id == Person.id)
    return dict(db.session().execute(wanted.where(Enrolment.diklat_id == diklat_id)).all())


def ticked(page: str) -> list[str]:
    boxes = [tag for tag in re.findall(r"<input[^>]*>", page) if 'name="orang"' in tag]
    return [re.search(r'value="([^"]+)"', tag)[1] for tag in boxes if "checked" in tag]  # type: ignore[index]  # it has one


def test_a_list_is_shown_first_and_only_what_is_proven_is_ticked(app: Flask, client_of: Opener) -> None:
    made = factories.diklat("Numerasi")
    id, address = made.id, f"/kelola/diklat/{made.slug}/peserta/tempel"
    ani, budi = factories.person("Ani"), factories.person("Budi")
    factories.enrol(id, [factories.person("Sudah").id])
    half = factories.person("Separuh", complete=False)
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    assert staff.get(address).status_code == 200
    assert staff.post(address, data={"text": " "}).status_code == 422
    assert staff.post(address, data={"text": "x" * 20_001}).status_code == 422
    text = f"{ani.email}\nBudi\nSudah\n{half.email}\nTidak Ada"
    shown = staff.post(address, data={"text": text, "tahap": "periksa"}).get_data(as_text=True)
    assert ticked(shown) == [ani.code]
    for said in ("Cocok namanya saja", "Terdaftar", "Profil belum lengkap", "Tidak ada akunnya"):
        assert said in shown
    assert list(standing(id)) == ["Sudah"]
    sent = staff.post(address, data={"text": text, "tahap": "daftar", "orang": [ani.code, budi.code, "ZZZZ"]})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/kelola/diklat/{made.slug}/peserta")
    assert "2 orang terdaftar." in staff.get(sent.headers["Location"]).get_data(as_text=True)
    assert standing(id).keys() == {"Sudah", "Ani", "Budi"}


def test_who_is_refused_stands_with_the_reason_and_the_others_are_in(app: Flask, client_of: Opener) -> None:
    made = factories.diklat("Numerasi", quota=1, levels=[Jenjang.SD])
    id, address = made.id, f"/kelola/diklat/{made.slug}/peserta/tempel"
    far = factories.person("Jauh", jenjang=Jenjang.SMP)
    ani, budi = factories.person("Ani"), factories.person("Budi")
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    typed = {"text": f"{far.email}\n{ani.email}", "tahap": "daftar", "orang": [far.code, ani.code, budi.code]}
    shown = staff.post(address, data=typed).get_data(as_text=True)
    assert "1 orang terdaftar, 1 masuk daftar tunggu, 1 tidak dapat didaftarkan." in shown
    assert "Jauh: Diklat ini untuk jenjang SD." in shown
    assert standing(id) == {"Ani": EnrolmentState.CONFIRMED, "Budi": EnrolmentState.WAITING}
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.name == "Jauh").values(active=False))
    nobody = staff.post(address, data={**typed, "orang": typed["orang"][:1]})
    assert "0 orang terdaftar." in nobody.get_data(as_text=True)
