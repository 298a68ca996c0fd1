"""Words that people say: those of offices stand on no page that a teacher opens, and everybody is Bapak/Ibu."""

from __future__ import annotations

import pytest

from tests import world as worlds
from tests.architecture.test_templates import OFFICIAL, told
from tests.undoing import Undoing
from tests.world import World


@pytest.mark.any_database
@pytest.mark.parametrize("who", [None, "peserta", "narasumber", "kepsek"])
def test_no_page_of_a_teacher_is_officialese(shared: World, undone: Undoing, who: str | None) -> None:
    client, wrong, seen = shared.client(who), [], 0
    for endpoint in worlds.endpoints(shared.app, "GET"):
        for parts in worlds.sides(shared, endpoint).values():
            answer = client.get(worlds.address(shared.app, endpoint, parts))
            if answer.status_code == 200 and answer.mimetype == "text/html" and not endpoint.startswith("api"):
                seen += 1
                words = OFFICIAL.findall(told(answer.get_data(as_text=True)))
                wrong += [(endpoint, words)] if words else []
    assert wrong == []
    assert seen > 10
