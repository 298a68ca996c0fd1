"""Panitia who are limited to the diklat on whose committee they are: nothing of another one opens, by any door."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.certificates import queries as certificate_queries
from calakan.certificates import services as certificates
from calakan.certificates.models import Certificate, Correction, CorrectionState
from calakan.diklat import queries as diklat
from calakan.diklat import rules
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment
from calakan.enrolment import services as enrolments
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.office.queries import office_settings
from calakan.office.services import change_settings
from calakan.people import queries as people
from calakan.people.models import Person, PersonRole, TokenScope
from calakan.people.services import tokens
from calakan.policy import POLICY
from calakan.privacy import lookers
from calakan.reports import rules as reports
from calakan.reports.models import ExportKind
from tests import factories
from tests.attendance.test_list_page import upload
from tests.attendance.test_lists import Meeting, sample
from tests.certificates.test_reads import paper

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def limited(app: Flask) -> None:
    with db.transaction():
        change_settings(limit_committee=True, actor=factories.SYSTEM, now=clock.now())


class Two:
    """A diklat of Rina's and another, each with a participant."""

    def __init__(self) -> None:
        self.rina = factories.person("Rina", Role.PANITIA).id
        self.own, self.other = factories.diklat("Punya Rina"), factories.diklat("Punya lain")
        self.ani, self.budi = factories.person("Ani").id, factories.person("Budi").id
        for course, who in ((self.own, self.ani), (self.other, self.budi)):
            with db.transaction():
                enrolments.join(course.id, who, actor=factories.SYSTEM, now=clock.now(), by_hand=True)
        with db.transaction():
            certificates.add_committee_member(self.own.id, self.rina, actor=factories.SYSTEM, now=clock.now())

    def actor(self) -> Actor:
        db.session().rollback()
        return people.actor_of(db.session().get_one(Person, self.rina))


@pytest.fixture
def two(limited: None) -> Two:
    return Two()


def test_without_the_setting_panitia_steer_all(app: Flask) -> None:
    two = Two()
    actor = two.actor()
    assert (actor.is_committee, actor.limited, rules.may_steer(actor, two.other)) == (True, False, True)
    assert {one.name for one in diklat.staff_of(two.other.id)} == {"Rina"}


def test_own_diklat_are_steered_and_others_are_not_there(two: Two) -> None:
    actor = two.actor()
    assert (actor.is_committee, actor.limited, actor.has_desk) == (False, True, True)
    for rule in (rules.may_steer, rules.may_prepare):
        assert (rule(actor, two.own), rule(actor, two.other)) == (True, False)
    assert (rules.may_create(actor), rules.may_manage(actor)) == (False, True)
    assert [row.title for row in db.session().scalars(diklat.managed(actor))] == ["Punya Rina"]
    assert len(db.session().scalars(enrolment.roster(two.own.id, visible_to=actor)).all()) == 1
    assert db.session().scalars(enrolment.roster(two.other.id, visible_to=actor)).all() == []
    assert set(db.session().scalars(sa.select(Person.name).where(people.visible_to(actor)))) == {"Rina"}
    assert set(db.session().scalars(sa.select(Person.name).where(people.to_be_added(actor)))) == {"Rina", "Ani", "Budi"}
    assert not reports.may_report(actor)
    assert not any(reports.may_ask(actor, kind) for kind in ExportKind)


def test_whoever_is_in_charge_prepares_and_another_decides(two: Two) -> None:
    """Or a limited panitia would make a diklat and publish it alone, by a proposal of her own or a copy."""
    with db.transaction() as session:
        session.get_one(Diklat, two.other.id).lead_id = two.rina
        session.add(PersonRole(person_id=two.rina, role=Role.NARASUMBER))
    actor = two.actor()
    assert (actor.limited, rules.may_create(actor), rules.may_clone(actor, two.own)) == (True, True, True)
    assert (rules.may_prepare(actor, two.other), rules.may_steer(actor, two.other)) == (True, False)
    assert [one.name for one in diklat.staff_of(two.other.id)] == []


def test_whoever_may_make_no_diklat_copies_none(two: Two, client_of: Opener) -> None:
    client, page = client_of(two.rina), f"/kelola/diklat/{two.own.slug}"
    assert (client.get(f"{page}/salin").status_code, f"{page}/salin" in client.get(page).text) == (404, False)


def test_an_admin_is_not_held_back(two: Two) -> None:
    boss = factories.person("Ratna", Role.ADMIN, Role.PANITIA).id
    actor = people.actor_of(db.session().get_one(Person, boss))
    assert (actor.is_committee, actor.limited) == (True, False)


def test_who_is_told_is_who_steers_and_never_nobody(two: Two) -> None:
    factories.person("Ratna", Role.ADMIN)
    assert [one.name for one in diklat.staff_of(two.own.id)] == ["Rina"]
    assert [one.name for one in diklat.staff_of(two.other.id)] == ["Ratna"]


PAGES = (
    "", "/peserta", "/peserta/tambah", "/kehadiran", "/kehadiran/impor", "/pesan", "/sertifikat", "/sesi", "/ubah", "/tes",
    "/tugas", "/materi", "/tutup",
)  # fmt: skip


def test_pages_of_another_diklat_are_not_there(two: Two, client_of: Opener) -> None:
    client = client_of(two.rina)
    for page in PAGES:
        own = client.get(f"/kelola/diklat/{two.own.slug}{page}").status_code
        other = client.get(f"/kelola/diklat/{two.other.slug}{page}").status_code
        assert (page, own in (200, 302, 404, 405), other in (404, 405)) == (page, True, True)
    assert client.get(f"/kelola/diklat/{two.own.slug}").status_code == 200
    listed = client.get("/kelola/diklat").text
    assert ("Punya Rina" in listed, "Punya lain" in listed) == (True, False)
    for page in ("/kelola", "/hari-ini"):
        found = client.get(page)
        assert (found.status_code, "Punya lain" in found.text) == (200, False)
    found = client.get(f"/kelola/diklat/{two.own.slug}/peserta/tambah?q=budi")
    assert "Budi" in found.text


def test_whoever_is_searched_among_all_hears_of_it_and_keeps_the_address(two: Two, client_of: Opener) -> None:
    """Whatever else of the diklat was opened that day, Budi, who has no part in it, is told who found him there."""
    client, page = client_of(two.rina), f"/kelola/diklat/{two.own.slug}/peserta"
    email = db.session().get_one(Person, two.budi).email or ""
    for path in (page, f"{page}/tambah?q=budi", f"{page}/tempel"):
        assert (path, client.get(path).status_code) == (path, 200)
    db.session().rollback()
    told = db.session().scalars(lookers.of_person(two.budi))
    assert [row.facts["path"] for row in told] == [f"{page}/tempel", f"{page}/tambah"]
    boss = client_of(factories.person("Ratna", Role.ADMIN).id)
    assert [email in who.get(f"{page}/tambah?q=budi").text for who in (client, boss)] == [False, True]


def test_what_is_of_the_whole_office_is_closed(two: Two, client_of: Opener) -> None:
    client = client_of(two.rina)
    for page in (
        "/kelola/orang", "/kelola/roster", "/kelola/laporan", "/kelola/ekspor", "/kelola/pesan", "/kelola/register",
        "/kelola/orang/ganda", "/kelola/capaian",
    ):  # fmt: skip
        assert (page, client.get(page).status_code) == (page, 403)


def test_corrections_of_own_papers_alone_are_read_and_decided(two: Two, client_of: Opener) -> None:
    facts = {"name": "A", "workplace": "SD", "event": {"title": "Diklat", "programme": []}}
    papers = [paper(course.id, who, who, facts=facts) for course, who in ((two.own, two.ani), (two.other, two.budi))]
    asked = {"state": CorrectionState.ASKED, "asked_at": clock.now(), "old_name": "A", "reason": "x", "answer": ""}
    with db.transaction() as session:
        for id, wanted in zip(papers, ("Ani Baru", "Budi Baru"), strict=True):
            session.add(Correction(certificate_id=id, wanted_name=wanted, **asked))
    own, other = (db.session().get_one(Certificate, id).code for id in papers)
    client = client_of(two.rina)
    assert certificate_queries.corrections_waiting(two.actor()) == 1
    page = client.get("/kelola/koreksi").text
    assert ("Ani Baru" in page, "Budi Baru" in page) == (True, False)
    answered = [client.post(f"/kelola/koreksi/{code}", data={"answer": "Tidak cocok"}) for code in (own, other)]
    assert [answer.status_code for answer in answered] == [302, 404]
    assert client.get(answered[0].location).status_code == 200
    assert certificate_queries.corrections_waiting(factories.SYSTEM) == 1


def test_the_door_of_an_own_diklat_reads_its_tickets_alone(two: Two, client_of: Opener) -> None:
    client = client_of(two.rina)
    codes = {row.person_id: row.code for row in db.session().scalars(sa.select(Enrolment))}
    for person, status in ((two.ani, 200), (two.budi, 403)):
        assert (person, client.get(f"/kelola/pintu/{codes[person]}").status_code) == (person, status)
    db.session().rollback()
    told = [list(db.session().scalars(lookers.of_person(person))) for person in (two.ani, two.budi)]
    assert [[row.act for row in rows] for rows in told] == [["people.look"], []]


def test_a_line_of_a_list_is_given_to_whoever_has_an_account(two: Two, client_of: Opener) -> None:
    meeting = Meeting()
    with db.transaction():
        certificates.add_committee_member(meeting.diklat_id, two.rina, actor=factories.SYSTEM, now=clock.now())
    client = client_of(two.rina)
    list_page = upload(client, meeting.slug, sample("zoom_meeting_participants")).location
    line = re.search(r"Galaxy A12.*?baris:([0-9]+)", client.get(list_page).text, re.DOTALL)
    assert line is not None
    assert "belum terdaftar" in client.get(f"{list_page}?baris={line[1]}&q=budi").text


def test_a_program_sees_no_more_than_its_owner(two: Two, app: Flask) -> None:
    email = db.session().get_one(Person, two.rina).email
    with db.transaction():
        token = tokens.make(email, TokenScope.WRITE, actor=factories.SYSTEM, now=clock.now())
    head = {"Authorization": f"Bearer {token}"}

    def get(path: str) -> Any:
        return app.test_client().get(f"/api/v1{path}", headers=head)

    assert get(f"/diklat/{two.own.slug}/participants").status_code == 200
    assert get(f"/diklat/{two.other.slug}/participants").status_code == 404
    assert get("/people").status_code == 403
    assert get("/reports/participation").status_code == 403


def test_every_door_of_a_diklat_asks_whose_it_is(two: Two) -> None:
    """Whatever line of the table lets the panitia in by a diklat lets this one in by her own alone."""
    actor = two.actor()
    whole = Actor(person_id=actor.person_id, name="Rina", roles=actor.roles)
    sessions = [diklat.sessions_of(course.id)[0] for course in (two.own, two.other)]
    doors, things = 0, {"diklat": (two.own, two.other), "session": sessions, "session_by_id": sessions}
    for endpoint, access in POLICY.items():
        own, other = things.get(getattr(access.subject, "__name__", ""), (None, None))
        if other is None:
            continue
        if access.allows(whole, other) and not access.allows(Actor(person_id=two.budi, name="Budi"), other):
            doors += 1
            assert (endpoint, access.allows(actor, other)) == (endpoint, False)
            # A copy is another diklat.
            opens = access.allows(whole, own) and endpoint != "planning_manage.clone"
            assert (endpoint, access.allows(actor, own)) == (endpoint, opens)
    assert doors > 80


def test_the_setting_is_kept(app: Flask, limited: None) -> None:
    assert office_settings().limit_committee is True
