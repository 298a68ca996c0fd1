"""One person's JP is one figure: on the paper, and wherever else the house says it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.api.routes import PREFIX
from calakan.assessment import programme
from calakan.attendance.queries import progress
from calakan.certificates.models import Certificate, CertificateRole
from calakan.certificates.tasks import issue_due
from calakan.diklat.models import Diklat, JpRule
from calakan.diklat.services import states
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import Person, PersonScope
from calakan.people.queries import actor_of
from calakan.people.services import profile
from calakan.reports.documents.lists.listing import Listing
from calakan.reports.documents.lists.papers import History, Register
from calakan.reports.documents.lists.participants import Participants
from calakan.reports.terms import Filters
from tests import factories
from tests.api.conftest import token_of
from tests.assessment.test_programme import came, cancel, course, join, publish, sessions_of

Opener = Callable[[int | None], FlaskClient]
NIP = "198501012010012001"


@pytest.mark.parametrize(("rule", "jp"), [(JpRule.OWN, 5), (JpRule.HELD, 8)])
def test_the_same_jp_everywhere(app: Flask, client_of: Opener, rule: JpRule, jp: int) -> None:
    """Nine were announced, eight were held, Sri followed five."""
    with time_machine.travel(factories.june(), tick=False):
        id = course(225, 135, 45, rule=rule)
        publish(id)
        sri, other = join(id, "Sri Mulyati"), join(id, "Budi")
        with_nip(sri)
        first, second, off = sessions_of(id)
        cancel(off)
    with time_machine.travel(factories.june().replace(day=25), tick=False):
        came(first, sri, other)
        came(second, other)
        with db.transaction():
            states.close(id, actor=factories.SYSTEM, now=clock.now())
        assert issue_due(app.extensions["calakan.settings"]) == 2
        found = everywhere(client_of, id, sri)
        assert found == dict.fromkeys(found, jp)
        held = programme.held(db.session().get_one(Diklat, id), [sri], now=clock.now())
        followed = progress(db.session().get_one(Diklat, id), [sri], now=clock.now())[sri].earned_jp
        assert (held.jp, held.own_jp(sri), followed) == (8, 5, 5)
        assert column(Participants, id, "JP hadir") == [5, 8]


def with_nip(person_id: int) -> None:
    person = db.session().get_one(Person, person_id)
    given = profile.Profile(
        name=person.name, jabatan=person.jabatan, employment="pns", nip=NIP, jenjang=person.jenjang,
        school_id=person.school_id, accept_notice=True,
    )  # fmt: skip
    db.session().rollback()
    with db.transaction():
        profile.save_profile(person_id, given, actor=factories.SYSTEM, now=clock.now())


def everywhere(client_of: Opener, diklat_id: int, person_id: int) -> dict[str, int]:
    """What each place says of this person."""
    sri = db.session().get_one(Person, person_id)
    bearer = {"Authorization": f"Bearer {token_of(sri)}"}
    wanted = sa.select(Certificate).where(
        Certificate.person_id == person_id, Certificate.role == CertificateRole.PARTICIPANT
    )
    paper = db.session().scalars(wanted).one()
    code, on_paper, school = paper.code, paper.jp, sri.school_id
    head = factories.person("Kepala Sekolah").id
    with db.transaction() as session:
        session.add(PersonScope(person_id=head, school_id=school))

    def said(who: int | None, path: str, pattern: str) -> int:
        page = re.sub(r"\s+", " ", client_of(who).get(path).get_data(as_text=True))
        found = re.search(pattern, page)
        assert found is not None, (path, page)
        return int(found[1])

    def told(path: str, field: str) -> int:
        return said(None, path, rf'"{field}": ?(\d+)')

    programs = client_of(None).get(f"{PREFIX}/me/certificates", headers=bearer).get_json()["items"]
    return {
        "paper": on_paper,
        "saya": said(person_id, "/saya", r"(\d+) JP · \d+ Jun"),
        "transcript": said(person_id, "/saya/riwayat", r"Peserta · (\d+) JP"),
        "dapodik": said(person_id, f"/saya/sertifikat/{code}", r"Jumlah jam \(JP\)\D*?(\d+)"),
        "binaan": said(head, "/binaan?q=sri", r"<b>(\d+)</b> dari \d+ JP"),
        "check": said(None, f"/s/{code}", r"(\d+) JP · sebagai peserta"),
        "badge": told(f"/lencana/{code}.json", "creditsEarned"),
        "api": programs[0]["jp"],
        "api check": told(f"{PREFIX}/certificates/{code}", "jp"),
        "own data": said(person_id, "/saya/data.json", r'"jp": ?(\d+)'),
        "siasn": column(History, diklat_id, "jumlahJam")[0],
        "register": column(Register, diklat_id, "JP", person=sri.name)[0],
    }


def column(listing: type[Listing], diklat_id: int, name: str, *, person: str = "") -> list[int]:
    """Of each person in this report, by name; of one alone."""
    slug = db.session().get_one(Diklat, diklat_id).slug
    boss = actor_of(factories.person("Panitia", Role.PANITIA))
    made = listing(Filters(diklat=slug), actor=boss, now=clock.now())
    names = [each.name for each in made.columns]
    rows = [row for row in made.rows(made.ids(), lambda _: None) if not person or person in row]
    who = next(place for place, each in enumerate(names) if each.lower().startswith("nama"))
    return [int(str(row[names.index(name)])) for row in sorted(rows, key=lambda row: str(row[who]), reverse=True)]
