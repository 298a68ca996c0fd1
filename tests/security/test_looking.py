"""Whoever sees or takes the data of others leaves a line on the trail, at every door."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan import policy
from calakan.audit.models import AuditEntry
from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.people.models import Person
from tests import factories
from tests import world as worlds
from tests.api.conftest import token_of
from tests.undoing import Undoing
from tests.world import World

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
        (staff_id, "/api/v1/people", "per_page=100&q=%2A"),
        (staff_id, f"/api/v1/diklat/{slug}/participants", ""),
    ]
    assert len(trail("people.look")) == 1
    assert app.test_client().get("/api/v1/people").status_code == 401
    assert len(trail("people.list")) == 2


# Names on paper, which anybody who holds the paper may look up, and doors that write a line of their own act.
NOTED_OTHERWISE = {"exports.file", "reports.export", "reports.roster"}
OF_THE_PAPER = {
    "certificates.badge", "certificates.badge_facts", "certificates.shown", "certificates.scanned",
    "certificates.by_letter", "certificates.download", "certificates_manage.reissue", "certificates_manage.revoke",
}  # fmt: skip
OF_NOBODY = {
    "certificates.badge_status", "certificates.picture", "designs.specimen", "diklat.card", "diklat.feed", "diklat.ics", "privacy.download",
    "privacy.download_table", "feedback.survey_file", "feedback.satisfaction_file",
}  # fmt: skip


@pytest.mark.any_database
def test_whatever_shows_or_hands_out_the_data_of_others_is_noted(shared: World, undone: Undoing) -> None:
    """Every page and file that an admin may open, judged by what is in it."""
    client, missing = shared.client("admin"), set[str]()
    others = ["Sri Peserta", "Sri Guru Lain", "Sri Penunggu"]
    others += [value for name in ("peserta", "guru lain", "penunggu", "pelamar") for value in shared.private[name]]
    for endpoint in worlds.endpoints(shared.app, "GET"):
        access = policy.POLICY[endpoint]
        for parts in worlds.sides(shared, endpoint).values():
            for query in ("", "?format=csv"):
                answer = client.get(worlds.address(shared.app, endpoint, parts) + query)
                file = "attachment" in answer.headers.get("Content-Disposition", "")
                text = (
                    answer.get_data(as_text=True) if answer.mimetype.startswith(("text/", "application/json")) else ""
                )
                if answer.status_code == 200 and (file or any(value in text for value in others)) and not access.noted:
                    missing.add(endpoint)
    assert missing <= NOTED_OTHERWISE | OF_THE_PAPER | OF_NOBODY
    assert missing >= NOTED_OTHERWISE
