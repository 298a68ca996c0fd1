"""Wrong and hostile input in every form: refused with a sentence, what was typed kept, nothing changed."""

from __future__ import annotations

import logging
import re
import unicodedata
from typing import Any

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from werkzeug.test import TestResponse

from calakan.kernel import db
from tests import world as worlds
from tests.hostile.cases import CHOICE, CODE, FLAG, MOMENT, SECRET, STRICT, TEXT, FormCase
from tests.hostile.forms import FORMS
from tests.hostile.values import FOR_FEW, FOR_MOMENTS, FOR_TEXT, FOR_THE_DATABASE, RAW, UNSEEN
from tests.undoing import Undoing
from tests.world import World

ENGLISH = re.compile(
    r"Traceback|Not a valid|Invalid|This field|Field must|Bad Request|Not Found|Internal Server|is required|must be",
    re.I,
)
MANY = 3  # of a form with more fields each field gets a third of the values, the next one another third
SENTENCE = re.compile(r'class="err"|class="errsum"|alert-err|class="panel empty"')


def target(world: World, endpoint: str, case: FormCase) -> str:
    found = worlds.sides(world, endpoint)
    if case.parts is not None:
        parts = {**worlds.PIECES.get(endpoint, lambda w: {})(world), **case.parts(world)}
    elif case.on in found:
        parts = found[case.on]
    else:
        parts = {**next(iter(found.values())), "slug": world.diklat[case.on]} if case.on else found[""]
    return worlds.address(world.app, endpoint, parts, "POST")


def flashed(client: FlaskClient) -> list[str]:
    with client.session_transaction() as session:
        return [kind for kind, _ in session.get("_flashes", [])]


def refused(answer: TestResponse, client: FlaskClient) -> bool:
    return answer.status_code >= 400 or bool({"err", "warn"} & set(flashed(client)))


def check_plain(answer: TestResponse, told: str) -> None:
    """Never a 5xx, never a word of English, never something that a browser would run."""
    body = answer.get_data(as_text=True)
    assert answer.status_code < 500, told
    if answer.mimetype != "text/plain":
        assert "<script>alert" not in body, told
        assert "<img src=x" not in body, told
    if answer.status_code >= 400:
        text = re.sub(r"<[^>]*>", " ", body)
        assert not ENGLISH.search(text), f"{told}: {ENGLISH.search(text)}"
        assert SENTENCE.search(body), told


def check_kept(answer: TestResponse, case: FormCase, typed: dict[str, Any], told: str) -> None:
    """Every text of a refused form stands in it again; what nobody sees is no text."""
    if answer.status_code != 422 or case.button:
        return
    body = answer.get_data(as_text=True)
    for name, (kind, _) in case.fields.items():
        text = unicodedata.normalize("NFC", str(typed[name]))
        if kind != TEXT or len(text) > 5001 or not text.strip() or not text.isprintable() or text in UNSEEN:
            continue
        assert str(escape(text.strip())) in body, f"{told}: {name} is lost"


def test_every_form_is_in_the_table(shared: World) -> None:
    assert sorted(FORMS) == worlds.endpoints(shared.app, "POST")


@pytest.mark.parametrize("endpoint", sorted(FORMS))
def test_the_form_of_the_table_is_accepted(shared: World, undone: Undoing, endpoint: str) -> None:
    """The control of all that follows: unspoilt, the same form is taken and writes."""
    case = FORMS[endpoint]
    client = shared.client(case.who)
    answer = client.post(target(shared, endpoint, case), data=case.good(shared))
    told = f"{answer.status_code} {flashed(client)}"
    if case.writes:
        assert not refused(answer, client), told + str(
            re.findall(r'<a href="#\w+">[^<]*', answer.get_data(as_text=True))
        )
        assert undone.committed != [], told
    assert answer.status_code < 500


@pytest.mark.parametrize("endpoint", sorted(name for name, case in FORMS.items() if case.fields))
def test_nasty_values_one_field_at_a_time(
    shared: World, undone: Undoing, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    case, good = FORMS[endpoint], FORMS[endpoint].good(shared)
    path = target(shared, endpoint, case)
    by_kind = {TEXT: FOR_TEXT, MOMENT: FOR_MOMENTS} if db.engine().dialect.name == "sqlite" else {}
    fallback = FOR_FEW if by_kind else FOR_THE_DATABASE
    problems = []
    for number, (name, (kind, _)) in enumerate(case.fields.items()):
        if not by_kind and kind in (*STRICT, FLAG):
            continue  # refused before a database sees it, as SQLite's half shows
        required = False
        values = by_kind.get(kind, fallback)
        for value in ("", *(values[number % 3 :: 3] if len(case.fields) > MANY else values)):
            client, typed = shared.client(case.who), {**good, name: value}
            undone.clear()
            answer = client.post(path, data=typed)
            told = f"{name}={value[:40]!r}: {answer.status_code}"
            taken = not refused(answer, client)
            required = required or (value == "" and not taken)
            try:
                check_plain(answer, told)
                if kind != CODE:
                    check_kept(answer, case, typed, told)
                if not taken:
                    assert set(undone.committed) <= case.notes, f"{told}: refused, but wrote {undone.committed}"
                    assert answer.status_code >= 400 or case.button or kind == CODE, f"{told}: refused without its form"
                elif kind == TEXT and required and value in UNSEEN:
                    raise AssertionError(f"{told}: taken, though nobody sees it")
                elif kind in STRICT and value.strip() not in ("", good[name]) and value not in known(kind, good[name]):
                    raise AssertionError(f"{told}: taken, though it is none of the few")
            except AssertionError as problem:
                problems.append(str(problem).splitlines()[0])
    assert problems == []
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


def known(kind: str, good: str) -> tuple[str, ...]:
    """Values that are right by chance."""
    return ("1", "0", " 8 ") if kind != CHOICE else (good, "admin", "1")


@pytest.mark.any_database
@pytest.mark.parametrize("endpoint", sorted(FORMS))
def test_broken_bodies(shared: World, undone: Undoing, endpoint: str, caplog: pytest.LogCaptureFixture) -> None:
    """Not a form at all, a broken one, one that repeats itself, one of a megabyte."""
    case, good = FORMS[endpoint], FORMS[endpoint].good(shared)
    path, names = target(shared, endpoint, case), list(case.fields) or ["x"]
    form = "application/x-www-form-urlencoded"
    many = "&".join(f"{name}=1&{name}=2&{name}[]=3&{name}[a]=4" for name in names)
    bodies: list[tuple[bytes, str]] = [
        (b"&".join(name.encode() + b"=" + raw for name in names), form) for raw in RAW
    ] + [
        (many.encode(), form),
        ("&".join(f"f{n}=1" for n in range(3000)).encode(), form),
        (names[0].encode() + b"=" + b"x" * 1_100_000, form),
        (names[0].encode() + b"=" + b"x" * 7_000_000, form),
        (b'{"email": {"$ne": 1}}', "application/json"),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx", "multipart/form-data; boundary=b"),
        (b"nothing", "multipart/form-data"),
        (b"--b\r\nContent-Disposition: form-data; name=\"" + names[0].encode() + b"\"; filename=\"../x\"\r\n\r\n"
         b"file\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (b"\xff\xfe\x00" * 100, "text/plain; charset=nothing"),
    ]  # fmt: skip
    needs = {name for name, (kind, value) in case.fields.items() if kind in (TEXT, SECRET) and value}
    for body, kind in bodies:
        client = shared.client(case.who)
        undone.clear()
        answer = client.post(path, data=body, content_type=kind)
        told = f"{kind} {body[:60]!r}: {answer.status_code}"
        check_plain(answer, told)
        if refused(answer, client):
            assert set(undone.committed) <= case.notes, told
    assert good.keys() >= needs
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []
