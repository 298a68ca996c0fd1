"""Every operation of the document: it answers as it says, asks for a token, and refuses in one form."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from calakan import policy
from calakan.api.document import document
from calakan.api.routes import OPERATIONS, PREFIX
from calakan.attendance import batches
from calakan.attendance import services as attendance
from calakan.certificates import tasks as certificate_tasks
from calakan.certificates.models import Certificate
from calakan.diklat import queries as diklat_queries
from calakan.diklat.services import sessions, states
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from tests import factories
from tests.api.conftest import Api, token_of

Call = tuple[str, dict[str, Any], str | None]


class World:
    """Everything the operations need: an open diklat, a running one, a closed one with a paper, and three people."""

    def __init__(self, app: Flask) -> None:
        now = clock.now()
        teacher, panitia = factories.person("Siti Aminah"), factories.person("Panitia", Role.PANITIA)
        admin, speaker = factories.person("Admin", Role.ADMIN), factories.person("Budi Pengajar", Role.NARASUMBER)
        self.teacher, self.panitia, self.admin = token_of(teacher), token_of(panitia), token_of(admin)
        self.code, self.speaker = teacher.code, speaker.code
        me = teacher.id
        self.open = factories.diklat("Terbuka").slug
        self.draft = factories.diklat("Draf", publish=False).slug
        self.running = self._held("Berjalan", me, now - timedelta(minutes=10))
        with db.transaction():
            session_id = diklat_queries.live_session(self.running, 2).id
            self.check_in_code = attendance.open_check_in(session_id, minutes=30, actor=factories.SYSTEM, now=now).code
        with db.transaction():
            self.list = batches.store(
                session_id, b"nama\nSiapa\n", name="hadir.csv", actor=factories.SYSTEM, now=now
            ).batch_id
        self.over = self._held("Selesai", me, now - timedelta(days=2))
        self.closed = self._closed(app, me, now)

    def _held(self, title: str, person_id: int, starts_at: Any) -> str:
        course = factories.diklat(title, enrol_closes_at=clock.now() + timedelta(days=9))
        slug, id = course.slug, course.id
        first = diklat_queries.sessions_of(id)[0].id
        factories.live_session(id, starts_at)
        with db.transaction():
            enrolment.join(id, person_id, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True)
        if starts_at < clock.now() - timedelta(days=1):
            with db.transaction():
                sessions.cancel(first, reason="Digabung.", actor=factories.SYSTEM, now=clock.now())
        return slug

    def _closed(self, app: Flask, person_id: int, now: Any) -> str:
        slug = self._held("Tutup", person_id, now - timedelta(days=3))
        session = diklat_queries.live_session(slug, 2)
        assert session is not None
        session_id, id = session.id, session.diklat_id
        with db.transaction():
            attendance.mark_by_hand(
                session_id, [person_id], present=True, reason="Terlihat.", actor=factories.SYSTEM, now=now
            )
        with db.transaction():
            states.close(id, actor=factories.SYSTEM, now=now)
        certificate_tasks.issue_due(app.extensions["calakan.settings"])
        db.session().rollback()
        self.paper = db.session().query(Certificate).one().code
        return slug


START = (clock.now() + timedelta(days=20)).replace(microsecond=0)
SESSION = {"title": "Sesi", "starts_at": START.isoformat(), "ends_at": (START + timedelta(hours=2)).isoformat()}
SCHOOLS = "npsn;nama;jenjang;status;kode_kecamatan\n20390001;SDN 9 Contoh;sd;negeri;33.02.22\n"

# One good call of each operation: address, body, token.
CALLS: dict[str, Callable[[World], Call]] = {
    "catalogue": lambda w: ("/diklat?q=terbuka&free=true&per_page=5", {}, None),
    "diklat": lambda w: (f"/diklat/{w.open}", {}, None),
    "managed_diklat": lambda w: ("/manage/diklat?state=draft", {}, w.panitia),
    "create_diklat": lambda w: (
        "/diklat",
        {"json": {"title": "Baru", "summary": "Ringkas.", "levels": ["sd"], "quota": 30}},
        w.panitia,
    ),
    "change_diklat": lambda w: (f"/diklat/{w.open}", {"json": {"quota": 10}}, w.panitia),
    "publish_diklat": lambda w: (f"/diklat/{w.draft}/publish", {}, w.panitia),
    "close_diklat": lambda w: (f"/diklat/{w.over}/close", {}, w.panitia),
    "cancel_diklat": lambda w: (f"/diklat/{w.open}/cancel", {"json": {"reason": "Sakit."}}, w.panitia),
    "join": lambda w: (f"/diklat/{w.open}/enrolment", {"json": {"accept_overlap": True}}, w.teacher),
    "leave": lambda w: (f"/diklat/{w.running}/enrolment", {}, w.teacher),
    "my_enrolments": lambda w: ("/me/enrolments", {}, w.teacher),
    "participants": lambda w: (f"/diklat/{w.running}/participants?q=siti", {}, w.panitia),
    "me": lambda w: ("/me", {}, w.teacher),
    "people": lambda w: ("/people?q=siti", {}, w.panitia),
    "add_person": lambda w: (
        "/people",
        {"json": {"name": "Ani", "email": "ani@example.org", "roles": ["narasumber"]}},
        w.admin,
    ),
    "person": lambda w: (f"/people/{w.code}", {}, w.panitia),
    "set_roles": lambda w: (f"/people/{w.code}/roles", {"json": {"roles": ["panitia"]}}, w.admin),
    "schools": lambda w: ("/schools?q=sdn&jenjang=sd", {}, w.panitia),
    "import_schools": lambda w: (
        "/schools/import?dry_run=true",
        {"data": SCHOOLS, "content_type": "text/csv"},
        w.admin,
    ),
    "add_session": lambda w: (
        f"/diklat/{w.open}/sessions",
        {"json": {**SESSION, "speakers": [w.speaker], "row": 1}},
        w.panitia,
    ),
    "change_session": lambda w: (f"/sessions/{w.open}~1", {"json": {"title": "Lain"}}, w.panitia),
    "cancel_session": lambda w: (f"/sessions/{w.open}~1/cancel", {"json": {"reason": "Sakit."}}, w.panitia),
    "check_in": lambda w: (f"/sessions/{w.running}~2/check-in", {"json": {"code": w.check_in_code}}, w.teacher),
    "import_attendance": lambda w: (
        f"/sessions/{w.running}~2/attendance-import?dry_run=true&minutes=30",
        {"data": "nama\nSiti Aminah\nSiapa\n", "content_type": "text/csv"},
        w.panitia,
    ),
    "attendance_lists": lambda w: (f"/diklat/{w.running}/attendance-lists", {}, w.panitia),
    "undo_attendance_list": lambda w: (f"/attendance-lists/{w.list}/undo", {}, w.panitia),
    "check_certificate": lambda w: (f"/certificates/{w.paper}", {}, None),
    "my_certificates": lambda w: ("/me/certificates", {}, w.teacher),
    "certificate_plan": lambda w: (f"/diklat/{w.running}/certificates/plan", {}, w.panitia),
    "certificate_batch": lambda w: (f"/diklat/{w.closed}/certificates", {}, w.panitia),
    "request_certificates": lambda w: (f"/diklat/{w.closed}/certificates", {}, w.panitia),
    "statistics": lambda w: ("/statistics/participation?by=kecamatan", {}, None),
    "participation_report": lambda w: ("/reports/participation?by=jenjang,month&measures=jp,gain", {}, w.panitia),
}


def test_the_document_is_valid_and_made_of_the_routes(app: Flask) -> None:
    made = document(OPERATIONS, PREFIX)
    OpenAPIV31SpecValidator(made).validate()
    assert app.test_client().get(f"{PREFIX}/openapi.json").get_json() == made
    routed = {
        (rule.rule.replace("<", "{").replace(">", "}"), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    told = {(PREFIX + path, method.upper()) for path, methods in made["paths"].items() for method in methods}
    assert routed == told
    assert {f"api.{operation.name}" for operation in OPERATIONS} <= set(policy.POLICY)


def test_every_operation_is_exercised() -> None:
    assert set(CALLS) == {operation.name for operation in OPERATIONS}


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


def test_every_operation_answers_as_it_says(api: Api, app: Flask) -> None:
    world = World(app)
    # Reads first, then what changes the world; the last ones end things.
    order = ["GET", "PATCH", "PUT", "POST", "DELETE"]
    last = ["set_roles", "cancel_session", "close_diklat", "cancel_diklat"]
    for operation in sorted(
        OPERATIONS, key=lambda o: (o.name in last and last.index(o.name) + 1, order.index(o.method), o.name)
    ):
        path, options, token = CALLS[operation.name](world)
        answer = api(operation.method, path, token, **options)
        assert answer.status_code in operation.answers, (operation.name, answer.get_data(as_text=True))


def test_without_a_token_only_public_operations_answer(api: Api, world: World, app: Flask) -> None:
    for operation in OPERATIONS:
        path, options, _ = CALLS[operation.name](world)
        answer = api(operation.method, path, **options)
        if operation.public:
            assert answer.status_code == 200
        else:
            assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthorized"), operation.name
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_bodies_refuse_what_they_do_not_know(api: Api, world: World) -> None:
    for operation in OPERATIONS:
        path, options, token = CALLS[operation.name](world)
        if "json" not in options:
            continue
        sent = {**options["json"], "is_admin": True, "state": "published", "person_id": 1}
        answer = api(operation.method, path, token, json=sent)
        assert answer.status_code == 422
        found = {error["field"] for error in answer.get_json()["errors"]}
        assert found == {"is_admin", "state", "person_id"}, operation.name
        for wrong, status in (("[1]", 400), ("{", 400), ('{"a": NaN}', 400), ("[" * 100_000, 400)):
            answer = api(operation.method, path, token, data=wrong, content_type="application/json")
            assert answer.status_code == status
        answer = api(operation.method, path, token, data="{}", content_type="text/plain")
        assert answer.status_code == 415
        large = '{"x": "' + "x" * 300_000 + '"}'
        assert api(operation.method, path, token, data=large, content_type="application/json").status_code == 413


NASTY = ["", "x" * 5000, "\x00", "a\x07b", "\u202egnalak", "\ufffd", "9" * 40, "2026-02-31T00:00:00Z", True, 1e308, -1, [], [[]], {}, None]  # fmt: skip


def test_nasty_values_never_fail(api: Api, world: World) -> None:
    for operation, value in itertools.product(OPERATIONS, NASTY):
        path, options, token = CALLS[operation.name](world)
        for name in options.get("json", {}):
            answer = api(operation.method, path, token, json={**options["json"], name: value})
            assert answer.status_code != 500
        # An empty dry_run would import for good, into tables that all tests share.
        for param in () if operation.name == "import_schools" else operation.params:
            answer = api(operation.method, path.split("?")[0], token, query_string={param.name: str(value)}, **options)
            assert answer.status_code in {*operation.answers, 400, 422}
