"""Open Badges 3.0, judged by a third-party verifier: signature, shape, issuer, and what the status list says."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier
from openbadgeslib.ob3.did import pem_for_kid
from openbadgeslib.ob3.status import decode_encoded_list

from calakan.certificates import badges, seals, services
from calakan.certificates.models import Certificate
from calakan.kernel import clock, db
from calakan.signing.keys import CODE
from tests import factories
from tests.certificates.issuing import issued

pytestmark = pytest.mark.any_database

DID = "did:web:calakan.test"


@pytest.fixture
def public(app: Flask, client: FlaskClient) -> FlaskClient:
    seals.ensure_keys(app.extensions["calakan.settings"], now=clock.now())
    return client


def badge_of(app: Flask, name: str = "Sri Mulyati") -> Certificate:
    """A paper that was issued yesterday."""
    with time_machine.travel(clock.now() - timedelta(days=3)):
        return issued(app, name)


def verifier(client: FlaskClient) -> OB3Verifier:
    """Trusts whatever the issuer's published document names."""
    document = client.get("/.well-known/did.json").json
    return OB3Verifier(pem_for_kid(document, DID), issuer_did=DID)


def kid_of(token: str) -> str:
    head: dict[str, str] = json.loads(badges.base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    return head["kid"]


def test_a_third_party_accepts_the_badge_of_a_paper(app: Flask, client: FlaskClient) -> None:
    paper = badge_of(app, "Nur'aini Ḥasan")
    token = client.get(f"/lencana/{paper.code}.jwt").get_data(as_text=True)
    badge = verifier(client).verify(token)
    assert (badge.issuer.id, badge.issuer.name) == (DID, "Dinas Pendidikan Kabupaten Banyumas")
    assert (badge.achievement.name, badge.achievement.achievement_type) == (
        "Asesmen Formatif",
        "CertificateOfCompletion",
    )
    document = client.get(f"/lencana/{paper.code}.json").json
    assert document is not None
    assert document["credentialSubject"]["identifier"][0]["identityHash"] == "Nur'aini Ḥasan"
    assert document["credentialSubject"]["creditsEarned"] == 4.0
    assert document["id"] == f"http://calakan.test/lencana/{paper.code}.json"


def test_a_changed_badge_or_a_strange_key_is_refused(app: Flask, client: FlaskClient) -> None:
    token = client.get(f"/lencana/{badge_of(app).code}.jwt").get_data(as_text=True)
    head, claims, signature = token.split(".")
    at = len(claims) // 2
    bad = claims[:at] + ("A" if claims[at] != "A" else "B") + claims[at + 1 :]
    with pytest.raises(OB3VerificationError):
        verifier(client).verify(f"{head}.{bad}.{signature}")
    old = verifier(client)
    seals.keyring(app.extensions["calakan.settings"]).rotate(CODE, "Dinas", now=clock.now(), distrust=True)
    listed = client.get("/.well-known/did.json").get_data(as_text=True)
    assert kid_of(token) not in listed
    old.verify(token)
    with pytest.raises(OB3VerificationError):
        verifier(client).verify(token)


def test_older_badges_stay_good_after_an_ordinary_rotation(app: Flask, client: FlaskClient) -> None:
    token = client.get(f"/lencana/{badge_of(app).code}.jwt").get_data(as_text=True)
    seals.keyring(app.extensions["calakan.settings"]).rotate(CODE, "Dinas", now=clock.now())
    document = client.get("/.well-known/did.json").json
    OB3Verifier(pem_for_kid(document, DID, kid_of(token)), issuer_did=DID).verify(token)


def bit(client: FlaskClient, entry: dict[str, Any]) -> bool:
    """What the signed status list says about a badge, read by the third party's own decoder."""
    token = client.get(entry["statusListCredential"].removeprefix("http://calakan.test")).get_data(as_text=True)
    claims = json.loads(badges.base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert (claims["iss"], claims["type"][1]) == (DID, "BitstringStatusListCredential")
    bits = decode_encoded_list(claims["credentialSubject"]["encodedList"])
    assert len(bits) * 8 == 131072
    index = int(entry["statusListIndex"])
    return bool(bits[index // 8] & 0x80 >> index % 8)


def test_the_status_list_follows_a_revocation(app: Flask, client: FlaskClient) -> None:
    papers = [badge_of(app, name) for name in ("Ani", "Budi")]
    ids = [paper.id for paper in papers]
    entries = [client.get(f"/lencana/{paper.code}.json").json["credentialStatus"] for paper in papers]
    assert [bit(client, entry) for entry in entries] == [False, False]
    with db.transaction():
        services.revoke(ids[1], reason="keliru", actor=factories.SYSTEM, now=clock.now())
    assert [bit(client, entry) for entry in entries] == [False, True]


def test_what_does_not_exist_has_no_badge(public: FlaskClient) -> None:
    for address in ("/lencana/0000.jwt", "/lencana/0000.json", "/lencana/status/99999"):
        assert public.get(address).status_code == 404
    assert public.get("/.well-known/did.json").json["id"] == DID


def test_a_port_is_part_of_the_issuers_name() -> None:
    assert badges.did("http://127.0.0.1:8000") == "did:web:127.0.0.1%3A8000"
