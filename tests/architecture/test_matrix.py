"""Who is let in where, asked over HTTP, held against an approved text file so that a change shows in review.

After an intended change: `APPROVE=1 .venv/bin/python -m pytest tests/architecture/test_matrix.py`, and read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from calakan.kernel import clock, db
from calakan.people.models import TokenScope
from calakan.people.services import tokens
from tests import world as worlds
from tests.factories import SYSTEM
from tests.hostile.forms import FORMS
from tests.undoing import Undoing
from tests.world import KINDS, World

APPROVED = Path(__file__).with_name("approved_matrix.txt")
# The rules are the same on both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HEAD = """\
# Who is let in where: `in`, `log in` (sent to the log-in page), 403, 404. Renew it as tests/architecture/test_matrix.py says.
# own and foreign: led by this narasumber or not; the peserta's certificate and person, or another's; kepsek, pengawas
# and korwilcam have the "own" person in their scope.
"""


def refusal(status: int, location: str) -> str:
    """How somebody is told that he may not come in; empty: he may."""
    if status in (301, 302, 303, 308) and location.startswith("/masuk"):
        return "log in"
    return str(status) if status in (401, 403, 404, 405) else ""


def outcome(answer: TestResponse) -> str:
    if refused := refusal(answer.status_code, answer.headers.get("Location", "")):
        return refused
    assert answer.status_code < 500 or answer.status_code == 503, answer.get_data(as_text=True)[-400:]
    return "in"


def asked(world: World, who: str | None, heads: dict[str, str]) -> dict[tuple[str, str, str], str]:
    """What this kind of visitor is answered: by method, endpoint and side."""
    client, found = world.client(who), {}
    for endpoint in worlds.endpoints(world.app, "GET"):
        for side, parts in worlds.sides(world, endpoint).items():
            found["GET", endpoint, side] = outcome(client.get(worlds.address(world.app, endpoint, parts)))
    for endpoint in worlds.endpoints(world.app, "POST"):
        good = FORMS[endpoint].good(world)
        for side, parts in worlds.sides(world, endpoint).items():
            path = worlds.address(world.app, endpoint, parts, "POST")
            # A log-in and a log-out change the browser, so each is asked with a fresh one.
            found["POST", endpoint, side] = outcome(world.client(who).post(path, data=good))
    program = world.app.test_client()
    for method, endpoint in worlds.operations(world.app):
        for side, parts in worlds.sides(world, endpoint).items():
            path = worlds.address(world.app, endpoint, parts, method)
            found[method, endpoint, side] = outcome(program.open(path, method=method, headers=heads))
    return found


def bearers(world: World) -> dict[str | None, dict[str, str]]:
    """The head that a program of each person sends, with a token for all that its owner may."""
    with db.transaction():
        made = {
            who: tokens.make(email, TokenScope.ROLES, actor=SYSTEM, now=clock.now())
            for who, email in world.emails.items()
        }
    return {None: {}, **{who: {"Authorization": f"Bearer {token}"} for who, token in made.items()}}


@pytest.fixture(scope="module")
def heads(world: World) -> dict[str | None, dict[str, str]]:
    with world.app.app_context():
        return bearers(world)


def approved() -> dict[tuple[str, str, str], list[str]]:
    """One line per method, endpoint and side; one column per kind of visitor."""
    found = {}
    for text in APPROVED.read_text().splitlines():
        if not text.startswith(("#", " ")):
            method, endpoint, *rest = text.replace("log in", "log_in").split()
            side, answers = " ".join(rest[: -len(KINDS)]), rest[-len(KINDS) :]
            found[method, endpoint, side] = [answer.replace("_", " ") for answer in answers]
    return found


def approve(who: str | None, found: dict[tuple[str, str, str], str]) -> None:
    """Write this kind's column anew, with the rows that there are now."""
    table, column = approved(), KINDS.index(who)
    rows = [line("", "", "", ["nobody" if kind is None else kind for kind in KINDS])]
    for key, answer in found.items():
        answers = table.get(key, ["-"] * len(KINDS))
        rows.append(line(*key, [*answers[:column], answer, *answers[column + 1 :]]))
    APPROVED.write_text(HEAD + "\n".join(rows) + "\n")


def line(method: str, endpoint: str, side: str, answers: list[str]) -> str:
    return f"{method:6} {endpoint:35} {side:13} " + " ".join(f"{answer:10}" for answer in answers).rstrip()


@pytest.mark.parametrize("who", KINDS)
def test_who_is_let_in_is_what_was_approved(
    shared: World,
    heads: dict[str | None, dict[str, str]],
    undone: Undoing,
    monkeypatch: pytest.MonkeyPatch,
    who: str | None,
) -> None:
    """The gate is the real one; behind it stands an empty page, so that thousands of requests take seconds."""
    for endpoint in shared.app.view_functions:
        monkeypatch.setitem(shared.app.view_functions, endpoint, lambda **parts: ("", 204))
    found = asked(shared, who, heads[who])
    if os.environ.get("APPROVE"):
        approve(who, found)
    assert found == {key: answers[KINDS.index(who)] for key, answers in approved().items()}


def whose(world: World, text: str) -> set[str]:
    """Of whom a planted NIP, NUPTK, telephone or e-mail stands in this text."""
    packed = text.replace(" ", "").replace("-", "")
    planted = ((person, value.replace("-", "")) for person, values in world.private.items() for value in values)
    return {person for person, value in planted if value in packed}


def seen_by(world: World, who: str | None) -> set[str]:
    """Whose numbers this visitor may read. Even the committee reads no whole NIP of another but where it must be checked."""
    others = {
        "kepsek": {"peserta", "narasumber"}, "pengawas": {"peserta", "narasumber"},
        "korwilcam": {"peserta", "narasumber", "kepsek"}, "panitia": set(world.people), "admin": set(world.people),
    }  # fmt: skip
    return {*others.get(who or "", set()), *([who] if who else [])}


@pytest.mark.parametrize("who", KINDS)
def test_nobody_reads_numbers_and_addresses_of_another(shared: World, undone: Undoing, who: str | None) -> None:
    """They are planted for everyone; each page is searched for those not to be seen there."""
    problems, own_seen, client = [], False, shared.client(who)
    for endpoint in worlds.endpoints(shared.app, "GET"):
        for side, parts in worlds.sides(shared, endpoint).items():
            answer = client.get(worlds.address(shared.app, endpoint, parts))
            found = whose(shared, answer.get_data().decode("utf-8", "replace"))
            own_seen |= who in found
            problems += [f"{who} reads of {one} on {endpoint} {side}" for one in found - seen_by(shared, who)]
    assert problems == []
    # The control: everybody finds his own, so the planted values can be found.
    assert own_seen == (who is not None)
