"""The session cookie is written when it changed, and the files of the site are kept by whoever is logged in too."""

from __future__ import annotations

from datetime import timedelta

from calakan.kernel import clock
from calakan.web.assets import version
from tests.world import World


def test_files_are_kept_by_whoever_is_logged_in(world: World) -> None:
    client = world.client("peserta")
    for address in (f"/aset/{version()}/logo.svg", "/manifest.webmanifest", "/luring-sw.js"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "no-store" not in answer.headers["Cache-Control"]
        assert "Cookie" not in answer.headers.get("Vary", "")
    assert "immutable" in client.get(f"/aset/{version()}/logo.svg").headers["Cache-Control"]


def test_an_answer_that_changed_nothing_puts_nothing_back(world: World) -> None:
    """What one request put into the session is not lost to another that began before and ended after it."""
    client = world.client("peserta")
    client.get("/saya")
    assert "Set-Cookie" not in client.get("/saya").headers
    assert client.get("/saya").headers["Cache-Control"] == "no-store"


def test_the_cookie_lasts_from_the_last_day_it_was_used(world: World) -> None:
    client = world.client("peserta")
    with client.session_transaction() as held:  # as after a log-in of yesterday
        held.permanent, held["day"] = True, (clock.today() - timedelta(days=1)).isoformat()
    assert "Expires" in client.get("/saya").headers["Set-Cookie"]
    with client.session_transaction() as held:
        assert held["day"] == clock.today().isoformat()
    assert "Set-Cookie" not in client.get("/saya").headers
