"""No entry of the trail holds a secret: every form is sent, and what it writes is searched for all that is secret."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

import calakan
from calakan.audit.models import AuditEntry
from calakan.kernel import db
from calakan.people.models import SecondFactor
from calakan.web import gate
from tests import world as worlds
from tests.hostile.cases import SECRET
from tests.hostile.forms import FORMS
from tests.hostile.test_forms import target
from tests.undoing import Undoing
from tests.world import World

NUMBERS = {"nip", "nuptk"}


def secrets_of(world: World) -> set[str]:
    """Log-ins, links, keys of codes, and the numbers of people that the trail does not hold either."""
    found = {*world.secrets.values(), *world.links.values(), *db.session().scalars(sa.select(SecondFactor.secret))}
    found |= {value for held in world.private.values() for value in held[:2]}
    for case in FORMS.values():
        good = case.good(world)
        found |= {str(good[name]) for name, (kind, _) in case.fields.items() if kind == SECRET or name in NUMBERS}
    return {secret for secret in found if len(secret) >= 6}


@pytest.mark.any_database
def test_no_form_writes_a_secret_on_the_trail(shared: World, undone: Undoing) -> None:
    written: list[tuple[str, str]] = []

    def note(mapper: Any, connection: Any, entry: AuditEntry) -> None:
        written.append((entry.act, json.dumps([entry.actor_name, entry.subject_name, entry.facts], default=str)))

    secrets = secrets_of(shared)
    sought = next(iter(shared.private["peserta"]))
    assert sought in secrets
    event.listen(AuditEntry, "before_insert", note)
    try:
        for endpoint, case in sorted(FORMS.items()):
            shared.client(case.who).post(target(shared, endpoint, case), data=case.good(shared))
        for endpoint in worlds.endpoints(shared.app, "GET"):
            for parts in list(worlds.sides(shared, endpoint).values())[:1]:
                address = worlds.address(shared.app, endpoint, parts)
                shared.client("admin").get(f"{address}{'&' if '?' in address else '?'}{urlencode({'q': sought})}")
    finally:
        event.remove(AuditEntry, "before_insert", note)
    assert len({act for act, _ in written}) > 60  # the control: nearly every form writes something
    assert [(act, secret) for act, text in written for secret in secrets if secret in text] == []


def test_no_field_of_a_search_leaves_its_words_on_the_trail(app: Flask) -> None:
    """Each argument that a page searches by, whatever it is called."""
    field = re.compile(
        r"""\bsearch\('(\w+)'|<input[^>]* name="(\w+)"[^>]*type="search"|type="search"[^>]* name="(\w+)\""""
    )
    pages = [path.read_text(encoding="utf-8") for path in Path(calakan.__file__).parent.rglob("*.html")]
    names = {name for page in pages for found in field.findall(page) for name in found if name}
    assert {"q", "cari"} <= names  # the control
    with app.test_request_context("/?" + urlencode({**dict.fromkeys(names, "Sri"), "hal": "2"})):
        assert "Sri" not in gate._asked()
        assert "hal=2" in gate._asked()
