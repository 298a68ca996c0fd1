"""Who is let in where, asked over HTTP, held against an approved text file so that a change shows in review.

After an intended change: `APPROVE=1 .venv/bin/python -m pytest tests/architecture/test_matrix.py`, and read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests import world as worlds
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


def outcome(answer: TestResponse) -> str:
    if answer.status_code in (301, 302, 303, 308) and answer.headers["Location"].startswith("/masuk"):
        return "log in"
    if answer.status_code in (403, 404, 405):
        return str(answer.status_code)
    assert answer.status_code < 500 or answer.status_code == 503, answer.get_data(as_text=True)[-400:]
    return "in"


def asked(world: World, who: str | None) -> dict[tuple[str, str, str], str]:
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
    return found


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
    return f"{method:4} {endpoint:35} {side:13} " + " ".join(f"{answer:10}" for answer in answers).rstrip()


@pytest.mark.parametrize("who", KINDS)
def test_who_is_let_in_is_what_was_approved(
    shared: World, undone: Undoing, monkeypatch: pytest.MonkeyPatch, who: str | None
) -> None:
    """The gate is the real one; behind it stands an empty page, so that thousands of requests take seconds."""
    for endpoint in shared.app.view_functions:
        monkeypatch.setitem(shared.app.view_functions, endpoint, lambda **parts: ("", 204))
    found = asked(shared, who)
    if os.environ.get("APPROVE"):
        approve(who, found)
    assert found == {key: answers[KINDS.index(who)] for key, answers in approved().items()}


@pytest.mark.parametrize("who", KINDS)
def test_nobody_reads_numbers_and_addresses_of_another(shared: World, undone: Undoing, who: str | None) -> None:
    """NIP, NUPTK, telephone and e-mail of everyone are planted; each page is searched for those not to be seen there."""
    may_see = {
        "kepsek": {"peserta", "narasumber"}, "pengawas": {"peserta", "narasumber"},
        "korwilcam": {"peserta", "narasumber", "kepsek"}, "panitia": set(shared.people), "admin": set(shared.people),
    }  # fmt: skip
    # Even the committee reads no whole NIP of another but where it must be checked.
    problems, own_seen, client = [], False, shared.client(who)
    for endpoint in worlds.endpoints(shared.app, "GET"):
        for side, parts in worlds.sides(shared, endpoint).items():
            answer = client.get(worlds.address(shared.app, endpoint, parts))
            body = answer.get_data().decode("utf-8", "replace")
            packed = body.replace(" ", "").replace("-", "")
            for person, planted in shared.private.items():
                for value in planted:
                    if value.replace("-", "") in packed:
                        own_seen |= person == who
                        if person != who and person not in may_see.get(who or "", set()):
                            problems.append(f"{who} reads {value} of {person} on {endpoint} {side}")
    assert problems == []
    # The control: everybody finds his own, so the planted values can be found.
    assert own_seen == (who is not None)
