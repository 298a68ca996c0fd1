"""What lies under /api/ is refused as problem+json, with the right status and nothing of others."""

from __future__ import annotations

import pytest
from flask import Flask

from calakan.api import diklat as door_module
from calakan.kernel.actor import Role
from tests import factories
from tests.api.conftest import Api, token_of

pytestmark = pytest.mark.any_database

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/tidak-ada", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("PUT", "/api/v1/diklat", 405, "method_not_allowed"),
        ("GET", "/api/v1/diklat/tidak-ada", 404, "not_found"),
        ("GET", "/api/v1/diklat?q=%00", 400, "bad_request"),
        ("GET", "/api/v1/diklat?halaman=2", 422, "invalid"),
        ("GET", "/api/v1/diklat?page=0", 422, "invalid"),
        ("GET", "/api/v1/diklat?page=9999999999999999999999", 422, "invalid"),
        ("GET", "/api/v1/certificates/ABC", 404, "not_found"),
        ("GET", "/api/v1/statistics/participation?by=school", 422, "invalid"),
        ("GET", "/api/v1/me", 401, "unauthorized"),
    ],
)
def test_every_refusal_is_a_problem(app: Flask, method: str, path: str, status: int, code: str) -> None:
    answer = app.test_client().open(path, method=method)
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype, body["status"], body["code"]) == (status, PROBLEM, status, code)
    assert body["type"] == f"urn:calakan:problem:{code}"
    assert body["detail"].endswith(".")
    if status == 405:
        assert "GET" in answer.headers["Allow"]


def test_a_bug_and_a_large_body_are_problems_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(params: object) -> None:
        raise RuntimeError("rahasia")

    monkeypatch.setattr(door_module.door, "query", fail)
    answer = app.test_client().get("/api/v1/diklat")
    assert (answer.status_code, answer.mimetype, answer.get_json()["code"]) == (500, PROBLEM, "internal")
    assert answer.get_json()["reference"] == answer.headers["X-Request-ID"]
    assert b"rahasia" not in answer.data


def test_pages_still_get_pages(app: Flask) -> None:
    answer = app.test_client().get("/tidak-ada")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_rights_come_before_validation(api: Api) -> None:
    course, teacher = factories.diklat(publish=False).slug, token_of(factories.person())
    for method, path, status in (
        ("PATCH", f"/diklat/{course}", 404),
        ("POST", f"/diklat/{course}/publish", 404),
        ("GET", f"/diklat/{course}", 404),
        ("POST", f"/diklat/{course}/enrolment", 404),
        ("PATCH", f"/sessions/{course}~1", 404),
        ("POST", f"/sessions/{course}~1/check-in", 404),
        ("POST", "/sessions/x~99999999999999999999/check-in", 404),
        ("POST", "/diklat", 403),
        ("GET", "/people", 403),
        ("POST", "/people", 403),
        ("GET", "/reports/participation", 403),
    ):
        assert api(method, path, teacher, json={"apa": "saja"}).status_code == status, path


def test_panitia_may_not_make_admins(api: Api) -> None:
    person, panitia = factories.person(), token_of(factories.person("Panitia", Role.PANITIA))
    assert api("PUT", f"/people/{person.code}/roles", panitia, json={"roles": ["admin"]}).status_code == 403
    admin = factories.person("Admin", Role.ADMIN)
    code, token = admin.code, token_of(admin)
    answer = api("PUT", f"/people/{code}/roles", token, json={"roles": []})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "own_roles")


def test_wrong_codes_are_told_and_counted(api: Api) -> None:
    course, token = factories.diklat().slug, token_of(factories.person())
    path = f"/sessions/{course}~1/check-in"
    answers = [api("POST", path, token, json={"code": "000000"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert answers[0].get_json()["code"] == "code_wrong"
    assert answers[10].get_json()["code"] == "codes_too_many"


def test_room_links_are_never_shown(api: Api) -> None:
    course, panitia = factories.diklat().slug, token_of(factories.person("Panitia", Role.PANITIA))
    changed = api("PATCH", f"/sessions/{course}~1", panitia, json={"room_url": "https://zoom.example/j/81234"})
    assert changed.status_code == 200
    assert "81234" not in changed.get_data(as_text=True)
    assert "81234" not in api("GET", f"/diklat/{course}").get_data(as_text=True)


def test_a_change_keeps_what_is_not_named(api: Api) -> None:
    panitia = token_of(factories.person("Panitia", Role.PANITIA))
    made = api("POST", "/diklat", panitia, json={
        "title": "Awal", "summary": "Ringkas.", "levels": ["sd", "smp"], "quota": 30, "min_attendance_percent": 75,
        "enrol_opens_at": "2027-01-02T08:00:00+07:00", "remind": False, "outcomes": "Satu\nDua",
    }).get_json()  # fmt: skip
    changed = api("PATCH", f"/diklat/{made['slug']}", panitia, json={"title": "Akhir"}).get_json()
    assert changed == {**made, "title": "Akhir"}
    assert changed["enrol_opens_at"] == "2027-01-02T01:00:00Z"
    emptied = api("PATCH", f"/diklat/{made['slug']}", panitia, json={"quota": None, "levels": []}).get_json()
    assert emptied == {**changed, "levels": [], "seats": {"quota": None, "taken": 0, "waiting": 0, "left": None}}


def test_a_rehearsed_import_tells_and_changes_nothing(api: Api) -> None:
    admin = token_of(factories.person("Admin", Role.ADMIN))
    rows = (
        "npsn;nama;jenjang;status;kode_kecamatan\n20399991;SDN 99 Contoh;sd;negeri;33.02.22\nx;y;sd;negeri;33.02.22\n"
    )
    sent = {"data": rows, "content_type": "text/csv"}
    told = api("POST", "/schools/import?dry_run=true", admin, **sent).get_json()
    assert (told["added"], told["problems"]) == (1, [{"line": 3, "column": "npsn", "value": "x"}])
    assert api("GET", "/schools?q=20399991", admin).get_json()["total"] == 0
