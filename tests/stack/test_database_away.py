"""PostgreSQL is stopped and started again under a running application: no page fails, nothing typed is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import wtforms
from flask import Flask, abort
from flask_migrate import upgrade
from markupsafe import escape
from psycopg import errors as pg

from calakan.api import routes
from calakan.kernel import clock, db
from calakan.office.services import ensure_choices
from calakan.people.directory import ensure_places
from calakan.web import away
from calakan.web.forms import Form
from tests import world as worlds
from tests.conftest import make_app
from tests.hostile.forms import FORMS
from tests.hostile.test_forms import target
from tests.servers.postgres import PostgresServer
from tests.world import World

MACHINES = {
    "web.help_picture",
    "web.asset", "health.livez", "web.manifest", "web.robots", "web.security_txt", "web.card", "web.emblem", "certificates.worker", "notifications.worker", "desk.worker",
}  # fmt: skip
BACK_SECONDS = 30


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """One that only these tests stop."""
    with PostgresServer() as running:
        yield running


@pytest.fixture(scope="module")
def office(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    app = make_app(server.create_database("away"), tmp_path_factory.mktemp("data"))
    with app.app_context():
        upgrade()
        with db.transaction():
            ensure_places(now=clock.now())
            ensure_choices()
        made = worlds.build(app)
    yield made
    with app.app_context():
        db.engine().dispose()


@pytest.fixture(scope="module")
def paths(office: World) -> list[tuple[str, str, str]]:
    """(endpoint, method, path) of every page and form, made while the database could still be asked."""
    found = []
    with office.app.app_context():
        for endpoint in worlds.endpoints(office.app, "GET"):
            for parts in worlds.sides(office, endpoint).values():
                found.append((endpoint, "GET", worlds.address(office.app, endpoint, parts)))
        found += [(name, "POST", target(office, name, case)) for name, case in FORMS.items()]
        db.db.session.remove()
    return found


@pytest.fixture
def stopped(office: World, server: PostgresServer, paths: list[tuple[str, str, str]]) -> Iterator[World]:
    """The office, with its database away. Pages that are open to all were looked at before, as on a busy day."""
    office.app.config["WTF_CSRF_ENABLED"] = False
    assert office.client("admin").get("/saya").status_code == 200
    server.stop()
    yield office
    server.start()


@pytest.mark.parametrize("who", ["admin", "peserta", None])
def test_no_address_fails_and_forms_keep_what_was_typed(
    stopped: World, paths: list[tuple[str, str, str]], who: str | None
) -> None:
    wrong = []
    for endpoint, method, path in paths:
        client = stopped.client(who)
        typed = {"catatan": "Sudah kutik <panjang>\nbaris kedua", "password": "rahasia sekali"}
        machine = endpoint in MACHINES  # a picture may be another address of ours
        answer = client.get(path, follow_redirects=machine) if method == "GET" else client.post(path, data=typed)
        body = answer.get_data().decode("utf-8", "replace")
        told = f"{who} {method} {path}: {answer.status_code}"
        if answer.status_code >= 500 and answer.status_code != 503:
            wrong.append(told)
        if machine and answer.status_code != 200:
            wrong.append(f"{told}, though it needs no database")
        if answer.status_code != 503 or not path.startswith("/") or answer.mimetype != "text/html":
            continue
        if method == "GET" and (away.UNSEEN not in body or answer.headers.get("Refresh") is None):
            wrong.append(f"{told}, and does not look again by itself")
        if method == "POST" and (away.UNSAVED not in body or str(escape(typed["catatan"])) not in body):
            wrong.append(f"{told}, and what was typed is lost")
        if "rahasia sekali" in body:
            wrong.append(f"{told}, with the password in it")
        if answer.headers.get("Retry-After") is None or answer.headers["Cache-Control"] != "no-store":
            wrong.append(f"{told}, without saying when to try again")
    assert wrong == []


def test_signed_in_people_get_the_page_of_503_everywhere(stopped: World, paths: list[tuple[str, str, str]]) -> None:
    """The control of the above: every page that must ask who it is says so."""
    answers = [
        stopped.client("admin").get(path)
        for endpoint, method, path in paths
        if method == "GET" and endpoint not in MACHINES
    ]
    assert {answer.status_code for answer in answers if answer.mimetype == "text/html"} == {503}
    unknown = stopped.client("admin").get("/tidak-ada")
    assert (unknown.status_code, "Halaman tidak ditemukan" in unknown.get_data(as_text=True)) == (404, True)


def test_probes_with_a_session_are_told(stopped: World) -> None:
    client = stopped.client("panitia")
    assert client.get("/livez").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["database"]) == (503, False)


def test_programs_are_refused_with_a_problem(stopped: World) -> None:
    client, headers = stopped.client(None), {"Authorization": "Bearer abc"}
    seen = set()
    for operation in routes.OPERATIONS:
        path = operation.path.format_map(_Any())
        answer = client.open(f"{routes.PREFIX}{path}", method=operation.method, json={}, headers=headers)
        assert answer.status_code < 500 or answer.status_code == 503, operation.path
        if answer.status_code == 503:
            seen.add((answer.mimetype, answer.get_json()["code"], answer.headers["Retry-After"]))
    assert seen == {("application/problem+json", "unavailable", "5")}


class _Any(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "1"


def test_the_kept_form_is_sent_again_once_the_database_is_back(office: World, server: PostgresServer) -> None:
    office.app.config["WTF_CSRF_ENABLED"] = True
    client = office.client("peserta")
    token = (
        client.get("/saya/profil").get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    )
    path = "/saya/pesan/dibaca"
    server.stop()
    refused = client.post(path, data={"csrf_token": token})
    server.start()
    assert (refused.status_code, f'action="{path}"' in refused.get_data(as_text=True)) == (503, True)
    assert f">\n{token}</textarea>" in refused.get_data(as_text=True)  # the same token: none is made here
    deadline = time.monotonic() + BACK_SECONDS
    while (again := client.post(path, data={"csrf_token": token})).status_code == 503:
        assert time.monotonic() < deadline
    assert again.status_code == 303


def test_a_refusal_asks_the_database_nothing(
    office: World, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes away between the look at the visitor and the refusal."""

    def late(**parts: Any) -> None:
        server.stop()
        abort(404)

    monkeypatch.setitem(office.app.view_functions, "diklat.catalogue", late)
    try:
        answer = office.client("peserta").get("/diklat")
    finally:
        server.start()
    assert (answer.status_code, "Sri Peserta" in answer.get_data(as_text=True)) == (404, True)


def test_no_password_field_would_be_echoed(office: World) -> None:
    names, waiting = set(), [Form]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        for name in dir(kind):
            field = getattr(kind, name)
            if getattr(field, "field_class", None) is wtforms.PasswordField:
                names.add(field.kwargs.get("name", name))
    assert names
    assert names <= away.SECRETS


ORIG = "boom"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (sa.exc.OperationalError("select", {}, pg.AdminShutdown(ORIG)), 503),
        (sa.exc.InternalError("select", {}, pg.IdleInTransactionSessionTimeout(ORIG)), 503),
        (sa.exc.InternalError("select", {}, pg.ReadOnlySqlTransaction(ORIG)), 503),
        (sa.exc.InterfaceError("select", {}, Exception(ORIG), connection_invalidated=True), 503),
        (sa.exc.TimeoutError("QueuePool limit"), 503),
        (sa.exc.DatabaseError("select", {}, Exception("database disk image is malformed")), 503),
        (sa.exc.OperationalError("insert", {}, pg.DiskFull(ORIG)), 507),
        (sa.exc.OperationalError("insert", {}, Exception("database or disk is full")), 507),
        (OSError(28, "No space left on device"), 507),
        (OSError(30, "Read-only file system"), 507),
        (OSError(2, "No such file"), 500),
        (sa.exc.ProgrammingError("select", {}, pg.UndefinedColumn(ORIG)), 500),
        (sa.exc.InvalidRequestError("ours"), 500),
    ],
)  # fmt: skip
def test_each_kind_of_trouble(app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int) -> None:
    def fails(**parts: Any) -> None:
        raise error

    monkeypatch.setitem(app.view_functions, "privacy.notice", fails)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/privasi")
    assert answer.status_code == status
    assert ORIG not in answer.get_data(as_text=True)
