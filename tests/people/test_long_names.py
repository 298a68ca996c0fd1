"""A name that a certificate cannot bear is refused at the profile; every name that is taken can be printed and signed."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from calakan.kernel import clock, db, qr
from calakan.people import names
from calakan.people.errors import NameTooLong
from calakan.people.models import Person
from calakan.people.services import profile
from calakan.signing import token
from tests import factories


def save(person_id: int, name: str, after: str) -> None:
    given = profile.Profile(name=name, title_after=after, jabatan="guru_kelas", employment="pns")
    with db.transaction():
        profile.save_profile(person_id, given, actor=factories.SYSTEM, now=clock.now())


def test_what_does_not_fit_is_refused_before_anything_is_kept(app: Flask) -> None:
    id = factories.person("Sri").id
    with pytest.raises(NameTooLong) as refused:
        save(id, "Sri " + "Lestari" * 13, "S.Pd. " * 13)
    assert refused.value.facts["most"] == names.MOST_PRINTED
    db.session().rollback()
    assert db.session().get_one(Person, id).name == "Sri"
    save(id, "Sri " + "Lestari" * 13, "S.Pd.")
    assert len(db.session().get_one(Person, id).printed_name.encode()) <= names.MOST_PRINTED


def test_the_longest_name_fits_the_code_of_a_paper() -> None:
    facts = token.Facts(
        name="é" * (names.MOST_PRINTED // 2), number="400.3.4/12345/SKET-BC/VIII/2026" + "x" * 20, revision=12,
        role="narasumber", jp=120, first_on=date(2026, 1, 1), last_on=date(2026, 12, 31), specimen=True,
    )  # fmt: skip
    text = token.make(
        "https://calakan.dindik.kabupaten.example", "A" * 26, facts, kid="00" * 8, sign=lambda content: b"x" * 64
    )
    assert qr.encode(text).size
