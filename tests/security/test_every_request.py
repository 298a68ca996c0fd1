"""What holds for every route: its token, its headers, and that looking changes nothing."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import g

from calakan.audit.models import AuditEntry
from calakan.kernel import db
from calakan.policy import POLICY
from tests import world as worlds
from tests.hostile.forms import FORMS
from tests.hostile.test_forms import refused, target
from tests.undoing import Undoing
from tests.world import World

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
# What participants handed in: nothing of ours, so that nothing in it runs.
ISOLATED = "sandbox; default-src 'none'; frame-ancestors 'none'"
HANDED_IN = {
    "outside.file", "assessment.own_file", "assessment_manage.answer_file", "attendance.own_photo", "attendance_manage.appeal_photo",
}  # fmt: skip
ANYWHERE = STRICT.replace("frame-ancestors 'self'", "frame-ancestors *")
# Calendars, which programs fetch again and again.
KEPT_FILES = {"enrolment.calendar", "diklat.ics", "diklat.feed"}
# Links in mails, whose address is the key itself.
KEYS_IN_ADDRESS = {
    "narasumber.invitation", "narasumber.invitation_material", "notifications.unsubscribe", "certificates.by_letter",
}  # fmt: skip
# Verifiers run in browsers of other sites: public keys, and badges by the code of the paper.
FROM_ANYWHERE = {
    "certificates.public_keys", "certificates.badge", "certificates.badge_facts", "certificates.badge_status",
    "certificates.issuer",
}  # fmt: skip
# What `lanjut.js` serves; strangers do not load it.
OF_LANJUT = re.compile(r'\bdata-(?:bulk|saring)\b|<fieldset class="field pilih|\bname="starts_at"')
# These note who took what, or that a group's link was tapped; that is their purpose.
NOTING = {
    "enrolment.shared": {"share_link"},
    "exports.file": {"audit_entry"},
    "reports.export": {"audit_entry"},
    **{name: {"audit_entry"} for name, access in POLICY.items() if access.noted},
}


@pytest.mark.any_database
@pytest.mark.parametrize("endpoint", sorted(name for name in FORMS if not POLICY[name].by_link))
def test_no_unsafe_request_without_its_token(shared: World, undone: Undoing, endpoint: str) -> None:
    case = FORMS[endpoint]
    path, good = target(shared, endpoint, case), case.good(shared)
    shared.app.config["WTF_CSRF_ENABLED"] = True
    client, stranger = shared.client(case.who), shared.client(None)
    own, other = token(client), token(stranger)
    for forged in ({}, {"csrf_token": ""}, {"csrf_token": "x" * 40}, {"csrf_token": other}):
        answer = client.post(path, data={**good, **forged})
        assert answer.status_code == 400, forged
        assert "Formulir kedaluwarsa" in answer.get_data(as_text=True)
        assert undone.committed == []
    answer = client.post(path, data={**good, "csrf_token": own})
    assert answer.status_code != 400
    if case.writes:
        assert not refused(answer, client)
        assert undone.committed != []


def test_only_signed_links_do_without_a_token() -> None:
    """A mail program's click, and providers, who show a signature or a secret of their own (`test_webhooks`, `test_bounces`)."""
    assert [name for name, access in POLICY.items() if access.by_link] == [
        "notifications.unsubscribe", "api_providers.whatsapp_check", "api_providers.whatsapp",
        "api_providers.telegram", "api_providers.fonnte", "api_providers.wablas", "bounces.told",
    ]  # fmt: skip


def token(client: object) -> str:
    # The test's application context outlives its requests, so what Flask-WTF keeps for one request is taken away.
    g.pop("csrf_token", None)
    page = client.get("/masuk").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    "who", [*(pytest.param(who, marks=pytest.mark.any_database) for who in (None, "peserta", "narasumber")), "admin"]
)
def test_looking_changes_nothing(shared: World, undone: Undoing, who: str | None) -> None:
    """Every address by GET and HEAD, as everyone; what would have been written is known from the statements."""
    wrote: dict[str, set[str]] = {}
    client = shared.client(who)
    for endpoint in worlds.endpoints(shared.app, "GET"):
        for parts in worlds.sides(shared, endpoint).values():
            path = worlds.address(shared.app, endpoint, parts)
            path += "?format=csv" if endpoint == "reports.export" else ""
            for method in ("GET", "HEAD") if who == "admin" else ("GET",):
                undone.clear()
                client.open(path, method=method)
                if undone.committed:
                    wrote.setdefault(endpoint, set()).update(undone.committed)
    assert wrote == {name: NOTING[name] for name in wrote.keys() & NOTING.keys()}
    if who == "admin":
        # The admin has no school to look after, no paper waits for an outside signature, and no appeal bears a photo.
        of_officials = {"desk.scope", "desk.scope_file", "desk.scope_person", "desk.scope_send"}
        not_here = of_officials | {"certificates_manage.unsigned", "attendance_manage.appeal_photo"}
        missing = NOTING.keys() & set(worlds.endpoints(shared.app, "GET")) - not_here - wrote.keys()
        # What is noted once a day may have been noted by another test of this office.
        noted = (
            db.session().scalars(sa.select(AuditEntry.act).where(AuditEntry.actor_id == shared.people["admin"])).all()
        )
        assert {name for name in missing if not POLICY[name].noted_daily or POLICY[name].noted not in noted} == set()


@pytest.mark.any_database
@pytest.mark.parametrize("who", [None, "peserta", "admin"])
def test_headers_of_every_answer(shared: World, who: str | None) -> None:
    nobody, client = shared.client(None), shared.client(who)
    paths = {
        worlds.address(shared.app, endpoint, parts): endpoint
        for endpoint in worlds.endpoints(shared.app, "GET")
        for parts in worlds.sides(shared, endpoint).values()
    } | {"/tidak-ada": "404", "/keluar": "405", "/diklat/%00": "400"}
    for path, endpoint in paths.items():
        answer = client.get(path)
        heads = answer.headers
        # No form may lead there (`web.onward`).
        assert not urlsplit(heads.get("Location", "")).netloc or POLICY[endpoint].leaves, path
        # The one page that any site may frame.
        framed = path == "/statistik/bingkai"
        policy = ISOLATED if endpoint in HANDED_IN and answer.status_code == 200 else STRICT
        assert heads["Content-Security-Policy"] == (ANYWHERE if framed else policy), path
        assert heads["X-Content-Type-Options"] == "nosniff", path
        shared_with = {"*"} if endpoint in FROM_ANYWHERE and answer.status_code == 200 else set()
        assert {value for name, value in heads if name.startswith("Access-Control-")} == shared_with, path
        assert not answer.mimetype.startswith("text/") or answer.mimetype_params.get("charset") == "utf-8", path
        mailed = endpoint in KEYS_IN_ADDRESS
        assert heads["Referrer-Policy"] == ("no-referrer" if mailed else "same-origin"), path
        assert heads.get("X-Frame-Options") == (None if framed else "SAMEORIGIN"), path
        assert "camera=()" in heads["Permissions-Policy"], path
        assert "Server" not in heads or "Werkzeug" not in heads["Server"], path
        private = who is not None and answer.get_data() != nobody.get(path).get_data()
        if private and endpoint not in KEPT_FILES and answer.status_code == 200:
            assert "no-store" in heads["Cache-Control"], f"{who} {path}: {heads['Cache-Control']}"
        for cookie in heads.getlist("Set-Cookie"):
            assert "HttpOnly" in cookie, path
            assert "SameSite=Lax" in cookie, path
        if answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
            body = answer.get_data(as_text=True)
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", body), path
            assert '<html lang="id"' in body or "<html" not in body, path
            assert "<html" not in body or "/lanjut.js" in body or not OF_LANJUT.search(body), path
    db.session().rollback()


@pytest.mark.any_database
def test_a_part_of_a_file_is_noted_like_the_whole(shared: World, undone: Undoing) -> None:
    """`Range: bytes=0-` asks for all of it, and the answer is no 200."""
    client, parts_of_files = shared.client("admin"), 0
    for endpoint in worlds.endpoints(shared.app, "GET"):
        if not POLICY[endpoint].noted or POLICY[endpoint].noted_daily:
            continue
        for parts in worlds.sides(shared, endpoint).values():
            undone.clear()
            answer = client.get(worlds.address(shared.app, endpoint, parts), headers={"Range": "bytes=0-"})
            answer.close()
            parts_of_files += answer.status_code == 206
            assert answer.status_code >= 300 or AuditEntry.__tablename__ in undone.committed, endpoint
    assert parts_of_files
