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


def line(method: str, endpoint: str, side: str, answers: list[str]) -> str:
    return f"{method:4} {endpoint:35} {side:13} " + " ".join(f"{answer:10}" for answer in answers).rstrip()


def table(world: World, undone: Undoing) -> list[str]:
    """One line per method, endpoint and side; one column per kind of visitor."""
    clients = {who: world.client(who) for who in KINDS}
    lines = [line("", "", "", ["nobody" if who is None else who for who in KINDS])]
    for endpoint in worlds.endpoints(world.app, "GET"):
        for side, parts in worlds.sides(world, endpoint).items():
            path = worlds.address(world.app, endpoint, parts)
            lines.append(line("GET", endpoint, side, [outcome(clients[who].get(path)) for who in KINDS]))
    for endpoint in worlds.endpoints(world.app, "POST"):
        good = FORMS[endpoint].good(world)
        for side, parts in worlds.sides(world, endpoint).items():
            path = worlds.address(world.app, endpoint, parts, "POST")
            # A log-in and a log-out change the browser, so each asks with a fresh one.
            answers = [outcome(world.client(who).post(path, data=good)) for who in KINDS]
            lines.append(line("POST", endpoint, side, answers))
    return lines


def test_who_is_let_in_is_what_was_approved(shared: World, undone: Undoing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate is the real one; behind it stands an empty page, so that thousands of requests take seconds."""
    for endpoint in shared.app.view_functions:
        monkeypatch.setitem(shared.app.view_functions, endpoint, lambda **parts: ("", 204))
    found = HEAD + "\n".join(text.rstrip() for text in table(shared, undone)) + "\n"
    if os.environ.get("APPROVE"):
        APPROVED.write_text(found)
    assert found.splitlines() == APPROVED.read_text().splitlines()


def test_nobody_reads_numbers_and_addresses_of_another(shared: World, undone: Undoing) -> None:
    """NIP, NUPTK, telephone and e-mail of everyone are planted; each page is searched for those not to be seen there."""
    may_see = {
        "kepsek": {"peserta", "narasumber"}, "pengawas": {"peserta", "narasumber"},
        "korwilcam": {"peserta", "narasumber", "kepsek"}, "panitia": set(shared.people), "admin": set(shared.people),
    }  # fmt: skip
    # Even the committee reads no whole NIP of another but where it must be checked.
    problems, own_seen = [], set()
    for who in KINDS:
        client = shared.client(who)
        for endpoint in worlds.endpoints(shared.app, "GET"):
            for side, parts in worlds.sides(shared, endpoint).items():
                answer = client.get(worlds.address(shared.app, endpoint, parts))
                body = answer.get_data().decode("utf-8", "replace")
                packed = body.replace(" ", "").replace("-", "")
                for person, planted in shared.private.items():
                    for value in planted:
                        if value.replace("-", "") in packed:
                            if person == who:
                                own_seen.add(who)
                            elif person not in may_see.get(who or "", set()):
                                problems.append(f"{who} reads {value} of {person} on {endpoint} {side}")
    assert problems == []
    # The control: everybody finds his own, so the planted values can be found.
    assert own_seen == set(KINDS) - {None}
