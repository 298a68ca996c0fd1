"""Hostile addresses and query strings on every page: a plain answer, nothing run, nothing leaked, nowhere else to go."""

from __future__ import annotations

import itertools
import logging
import re
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

from calakan.kernel import db
from tests import world as worlds
from tests.hostile.test_forms import ENGLISH
from tests.hostile.values import RAW
from tests.undoing import Undoing
from tests.world import World

SOURCE = Path(__file__).parents[2] / "calakan"
VALUES = (
    "", "x" * 3000, "a\x00b", "\x1b[31m\r\nSet-Cookie: a=b", "\u202egnalak", "\u200b", "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "%s%n", "'; DROP TABLE person; --", "%", "\\", "../../etc/passwd",
    "-1", "9" * 10, "9" * 40, "NaN", "²", "2027-02-31", "99999-01-01", "null", "😀",
)  # fmt: skip
# What a database may take amiss: no number of its own, no character of its own, too long.
FOR_THE_DATABASE = ("a\x00b", "\u202egnalak", "x" * 3000, "'; DROP TABLE person; --", "-1", "9" * 10, "9" * 40, "²")
PIECES = (*VALUES[1:], ".", "..", "%2e%2e%2f", " ")


def parameters() -> list[str]:
    """Every name that some page reads from its address, by reading the source."""
    found = {"menurut", "dari", "sampai", "tahap", "hitung", "diklat", "kecamatan", "format", "pemisah", "next"}
    for path in SOURCE.rglob("*.py"):
        found |= set(re.findall(r'(?:args|values)\.get(?:list)?\(\s*"(\w+)"', path.read_text()))
        found |= set(re.findall(r'_argument\("(\w+)"', path.read_text()))
    return sorted(found)


def queries() -> list[str]:
    """Each value in each parameter: all the same, then mixed, and the broken encodings."""
    names = parameters()
    same = ["&".join(f"{name}={quote(value, errors='replace')}" for name in names) for value in VALUES]
    mixed = [
        "&".join(f"{name}={quote(VALUES[(n + k) % len(VALUES)])}" for k, name in enumerate(names))
        for n in range(0, len(VALUES), 5)
    ]
    raw = ["&".join(f"{name}={value.decode('latin-1')}" for name in names) for value in RAW]
    return [*same, *mixed, *raw, "&".join(f"{n}=1&{n}=2&{n}[]=3" for n in names)]


class Parameters(ImmutableMultiDict[str, str]):
    """Knows which of them a page asked for by name; what looks at all of them for every page goes through `items`."""

    asked: ClassVar[set[str]] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, *rest: Any, **named: Any) -> Any:
        self.asked.add(name)
        return super().get(name, *rest, **named)

    def getlist(self, name: str, *rest: Any, **named: Any) -> Any:
        self.asked.add(name)
        return super().getlist(name, *rest, **named)


def test_the_parameters_are_found() -> None:
    assert {"hal", "q", "no", "bidang", "topik", "menurut", "status", "next"} <= set(parameters())


# The pages differ by visitor, the queries they send to the database hardly do.
WHO = [
    *(pytest.param(who, marks=pytest.mark.any_database) for who in (None, "peserta", "narasumber", "kepsek")),
    "admin",
]
# Thousands of requests are asked in parts, so that one takes seconds on a busy machine too.
PARTS = 6


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("who", WHO)
def test_hostile_query_strings_on_every_page(
    shared: World,
    undone: Undoing,
    who: str | None,
    part: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three on each page; more, and as the admin all of them, on pages that read something of their address."""
    monkeypatch.setattr(Request, "parameter_storage_class", Parameters)
    client, problems = shared.client(who), []
    whole = who == "admin" and db.engine().dialect.name == "sqlite"
    first, rest = queries()[2::20], queries() if whole else queries()[2::5]
    for endpoint in list(worlds.endpoints(shared.app, "GET"))[part::PARTS]:
        path = worlds.address(shared.app, endpoint, next(iter(worlds.sides(shared, endpoint).values())))
        if client.get(path).status_code in (302, 403) and endpoint != "certificates.check":
            continue
        Parameters.asked.clear()
        for query in itertools.chain(first, (query for query in rest if Parameters.asked)):
            answer = client.get(f"{path}?{query}")
            body = answer.get_data().decode("utf-8", "replace")
            told = f"{endpoint} {query[:80]}: {answer.status_code}"
            if answer.status_code >= 500 and endpoint != "health.readyz":
                problems.append(told)
            if "<script>alert" in body or "<img src=x" in body or ENGLISH.search(re.sub(r"<[^>]*>", " ", body)):
                problems.append(f"{told}: runs or English")
            if "\n" in answer.headers.get("Location", "") or "a=b" in str(answer.headers.getlist("Set-Cookie")):
                problems.append(f"{told}: header")
    assert problems == []
    assert set(undone.committed) <= {"audit_entry", "share_link"}
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("part", range(PARTS))
def test_hostile_pieces_of_addresses(
    shared: World, undone: Undoing, part: int, caplog: pytest.LogCaptureFixture
) -> None:
    """As the admin, whom no rule keeps out: in each variable part of each address, by GET and by POST."""
    client, problems = shared.client("admin"), []
    for rule in list(shared.app.url_map.iter_rules())[part::PARTS]:
        if rule.endpoint.startswith("api"):
            continue
        parts = next(iter(worlds.sides(shared, rule.endpoint).values()))
        for name in rule.arguments:
            for piece in PIECES if db.engine().dialect.name == "sqlite" else FOR_THE_DATABASE:
                path = "".join(
                    (quote(piece, safe="%") if data == name else quote(str(parts[data]))) if variable else data
                    for variable, data in rule._trace[1:]
                )
                for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                    answer = client.open(path, method=method)
                    if answer.status_code >= 500 or "<script>alert" in answer.get_data().decode("utf-8", "replace"):
                        problems.append(f"{method} {rule.rule} {name}={piece[:30]!r}: {answer.status_code}")
    assert problems == []
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


@pytest.mark.any_database
@pytest.mark.parametrize(
    "path", ["/%ff%fe", "/s/%ff", "/diklat/%c0%af", "/..%2f..%2fetc/passwd", "//evil.example/x", "/%00"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_addresses_that_are_none(shared: World, undone: Undoing, path: str, method: str) -> None:
    assert shared.client("admin").open(path, method=method).status_code < 500
    assert undone.committed == []


ELSEWHERE = [
    "//evil.example", "///evil.example", "https://evil.example", "http:evil.example", "/\\evil.example",
    "\\\\evil.example", "/\t/evil.example", "/%09/evil.example", "/%5c/evil.example", "javascript:alert(1)",
    "data:text/html,x", "/\r\nLocation: https://evil.example", " //evil.example", "/x@evil.example\u202e", "evil.example",
]  # fmt: skip


@pytest.mark.any_database
@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_redirect_to_another_site(shared: World, undone: Undoing, wanted: str) -> None:
    from tests.hostile.forms import FORMS

    for endpoint, who, path in (("people.login", None, "/masuk"), ("people.profile", "peserta", "/saya/profil")):
        for query, typed in ((f"?next={quote(wanted)}", {}), ("", {"next": wanted})):
            data = {**FORMS[endpoint].good(shared), **typed}
            answer = shared.client(who).post(path + query, data=data)
            assert answer.status_code == 302
            target = answer.headers["Location"]
            assert re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", target), target
            assert not re.match(r"/(%09|%0|%5c)", target, re.I) or target.startswith("/%"), target


def test_the_host_header_is_believed_nowhere(shared: World, undone: Undoing) -> None:
    """Links in pages, redirects and mails come from the settings."""
    for who in (None, "peserta", "admin"):
        client = shared.client(who)
        for endpoint in worlds.endpoints(shared.app, "GET"):
            path = worlds.address(shared.app, endpoint, next(iter(worlds.sides(shared, endpoint).values())))
            headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"}
            answer = client.get(path, headers=headers)
            assert "evil.example" not in answer.get_data().decode("utf-8", "replace"), endpoint
            assert "evil.example" not in str(answer.headers), endpoint
