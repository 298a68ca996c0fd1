"""What engines may find: every public page says what it is, and the few that shall not be found are named with the reason."""

from __future__ import annotations

import pytest

from tests import world as worlds
from tests.world import World

pytestmark = pytest.mark.any_database

# Lighthouse takes these for faults ("is-crawlable"). They are meant.
HIDDEN = {
    "certificates.shown": "a paper bears a name: whoever has the code looks at it, engines do not",
    "narasumber.invitation": "a link of a letter, for its reader alone",
    "narasumber.invitation_material": "a link of a letter, for its reader alone",
    "notifications.unsubscribe": "a link of a letter, for its reader alone",
    "statistics.widget": "a frame for other sites, which leads nobody anywhere when it is found by itself",
}


def test_public_pages_can_be_found_and_describe_themselves(shared: World) -> None:
    client = shared.client(None)
    forbidden = [
        line.removeprefix("Disallow: ")
        for line in client.get("/robots.txt").get_data(as_text=True).splitlines()
        if line.startswith("Disallow: ")
    ]
    hidden, mute = set(), []
    for endpoint in worlds.endpoints(shared.app, "GET"):
        path = worlds.address(shared.app, endpoint, next(iter(worlds.sides(shared, endpoint).values())))
        answer = client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = answer.get_data(as_text=True)
        if (
            "noindex" in page
            or "noindex" in answer.headers.get("X-Robots-Tag", "")
            or path.startswith(tuple(forbidden))
        ):
            hidden.add(endpoint)
        if 'name="description"' not in page:
            mute.append(endpoint)
    assert hidden == set(HIDDEN)
    assert mute == []
