"""Open Badges 3.0: a paper as a W3C Verifiable Credential (VC-JWT, EdDSA), the issuer's DID document, the status list.

Made when asked for, from the frozen facts and with the key that signs the QR codes.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from calakan.certificates.models import Certificate
from calakan.kernel import clock
from calakan.kernel.wording import phrase
from calakan.signing.keys import CODE, PublicKey

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
LIST_BITS = 131_072
"""The least size that the standard allows, so that one paper hides among many."""

LIST_HOURS = 24
Sign = Callable[[bytes], bytes]


def did(base_url: str) -> str:
    """`did:web:calakan.example`; a port is written as %3A."""
    return "did:web:" + urlsplit(base_url).netloc.replace(":", "%3A")


def did_document(base_url: str, keys: Sequence[PublicKey]) -> dict[str, Any]:
    """All keys whose signatures still count, the newest first."""
    issuer = did(base_url)
    trusted = [key for key in reversed(keys) if key.purpose == CODE and not key.distrusted_on]
    methods = [
        {
            "id": f"{issuer}#{key.kid}",
            "type": "JsonWebKey2020",
            "controller": issuer,
            "publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": _base64url(key.raw[0]), "kid": key.kid},
        }
        for key in trusted
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": issuer,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def credential(paper: Certificate, base_url: str) -> dict[str, Any]:
    """The unsecured document of an issued paper. No NIP, no address, no number of a person."""
    assert paper.issued_at is not None
    facts, event = paper.facts, paper.facts["event"]
    days = event["dates"]
    subject = {
        "type": ["AchievementSubject"],
        "identifier": [
            {"type": "IdentityObject", "hashed": False, "identityHash": facts["name"], "identityType": "name"}
        ],
        "role": paper.role.value,
        "creditsEarned": float(paper.jp),
        "activityStartDate": _at(days[0], time.min, event),
        "activityEndDate": _at(days[-1], time(23, 59, 59), event),
        "achievement": _achievement(paper, base_url),
    }
    return {
        "@context": CONTEXTS,
        "id": f"{base_url}/lencana/{paper.code}.json",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": event["title"],
        "issuer": {"id": did(base_url), "type": ["Profile"], "name": event["organiser"], "url": base_url},
        "validFrom": _instant(paper.issued_at),
        "awardedDate": _instant(paper.issued_at),
        "credentialSubject": subject,
        "evidence": [{"id": f"{base_url}/s/{paper.code}", "type": ["Evidence"], "name": f"Nomor {paper.number}"}],
        "credentialStatus": _status(paper, base_url),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def _at(day: str, hour: time, event: dict[str, Any]) -> str:
    """By the clock of the house when the paper was issued; older papers do not say, and are of WIB."""
    zone = clock.PLACES[clock.Zone(event.get("zone", clock.Zone.WIB))]
    return datetime.combine(date.fromisoformat(day), hour, tzinfo=zone).isoformat()


def _achievement(paper: Certificate, base_url: str) -> dict[str, Any]:
    event = paper.facts["event"]
    return {
        "id": f"{base_url}/lencana/capaian/{paper.diklat_id}/{paper.role.value}",
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": event["title"],
        "description": "; ".join(f"{row['title']} ({row['jp']} JP)" for row in event["programme"]) or event["title"],
        "criteria": {"narrative": phrase(f"certificates.criteria.{paper.role.value}", jp=paper.jp)},
        "creditsAvailable": float(event["jp"]),
        "inLanguage": "id",
    }


def _status(paper: Certificate, base_url: str) -> dict[str, str]:
    number, index = divmod(paper.id, LIST_BITS)
    address = f"{base_url}/lencana/status/{number}"
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def secured(document: dict[str, Any], base_url: str, *, kid: str, sign: Sign) -> str:
    """The document as a compact JWS; its claims are the document itself and the registered ones (OB 3.0, 8.2.6)."""
    issuer = document["issuer"]
    claims = document | {
        "iss": issuer["id"] if isinstance(issuer, dict) else issuer,
        "jti": document["id"],
        "nbf": int(datetime.fromisoformat(document["validFrom"]).timestamp()),
    }
    if (subject := document["credentialSubject"].get("id")) is not None:
        claims["sub"] = subject
    head = {"alg": "EdDSA", "typ": "JWT", "kid": f"{did(base_url)}#{kid}"}
    signing = ".".join(_base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    return f"{signing}.{_base64url(sign(signing.encode()))}"


def status_list(number: int, withdrawn: Iterable[int], base_url: str, *, now: datetime) -> dict[str, Any]:
    """The W3C Bitstring Status List of papers number*131072 and on: a set bit is revoked or replaced."""
    bits = bytearray(LIST_BITS // 8)
    for id in withdrawn:
        place = id - number * LIST_BITS
        bits[place // 8] |= 0x80 >> place % 8
    address = f"{base_url}/lencana/status/{number}"
    return {
        "@context": CONTEXTS[:1],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did(base_url),
        "validFrom": _instant(now),
        "validUntil": _instant(now + timedelta(hours=LIST_HOURS)),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": "u" + _base64url(gzip.compress(bytes(bits), 9, mtime=0)),
        },
    }


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
