"""Whoever sees or takes the data of others leaves a line on the trail, at every door."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan import policy
from calakan.audit.models import AuditEntry
from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.people.models import Person
from tests import factories
from tests.api.conftest import token_of

Opener = Callable[[int | None], FlaskClient]


def trail(act: str) -> list[AuditEntry]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id)))


def test_looking_at_a_person_writes_who_and_whom(app: Flask, client_of: Opener) -> None:
    staff, teacher = factories.person("Panitia", Role.PANITIA), factories.person("Guru Satu")
    staff_id, code, teacher_id = staff.id, teacher.code, teacher.id
    assert client_of(staff_id).get(f"/kelola/orang/{code}").status_code == 200
    [entry] = trail("people.look")
    assert (entry.actor_id, entry.subject_kind, entry.subject_id) == (staff_id, Person.__tablename__, teacher_id)
    # Shown to the person, who asks what happened to the data.
    own = client_of(teacher_id).get("/saya/data.json").json
    assert own is not None
    assert ("people.look", "Panitia") in [(row["act"], row["actor_name"]) for row in own["jejak_tentang_saya"]]
    # What was refused was not seen.
    assert client_of(teacher_id).get(f"/kelola/orang/{code}").status_code in (403, 404)
    assert client_of(staff_id).get("/kelola/orang/TIADA").status_code == 404
    assert len(trail("people.look")) == 1


def test_a_list_taken_by_a_program_says_what_was_asked(app: Flask) -> None:
    staff, slug = factories.person("Admin", Role.ADMIN), factories.diklat().slug
    staff_id, code, token = staff.id, factories.person().code, token_of(staff)
    heads = {"Authorization": f"Bearer {token}"}
    for path in ("/people?per_page=100&q=guru", f"/diklat/{slug}/participants", f"/people/{code}"):
        assert app.test_client().get(f"/api/v1{path}", headers=heads).status_code == 200
    lists = trail("people.list")
    assert [(row.actor_id, row.facts["path"], row.facts["asked"]) for row in lists] == [
        (staff_id, "/api/v1/people", "per_page=100&q=guru"),
        (staff_id, f"/api/v1/diklat/{slug}/participants", ""),
    ]
    assert len(trail("people.look")) == 1
    assert app.test_client().get("/api/v1/people").status_code == 401
    assert len(trail("people.list")) == 2


def test_every_door_to_somebody_elses_data_is_noted() -> None:
    doors = {
        "api.people", "api.person", "api.participants", "people_manage.person", "assessment_manage.answer_file",
        "certificates_manage.register_file",
    }  # fmt: skip
    assert [door for door in sorted(doors) if not policy.POLICY[door].noted] == []
