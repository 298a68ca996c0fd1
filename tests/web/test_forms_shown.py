"""What a form asks for stands on its page: a required field that the template forgot could never be saved."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import template_rendered
from wtforms import Form

from calakan.reports.forms import ReportForm
from tests import world as worlds
from tests.world import World

# Asked for only when there is something to choose or to decide, or of the panitia alone.
SOMETIMES = {
    "SessionForm": {"row", "override"}, "OfferForm": {"drop_photo"}, "DecideForm": {"putusan"},
    "PlanForm": {"anyway", "spare_mail"}, "ExamForm": {"row"}, "TaskForm": {"row"},
    "DiklatForm": {"keep_seated", "minutes_per_jp"}, "NewDiklatForm": {"keep_seated"}, "NewExamForm": {"row"},
    "PatternForm": {"place", "account"}, "EnterForm": {"kabupaten"},
}  # fmt: skip


@pytest.mark.any_database
def test_a_page_that_shows_a_form_shows_all_of_it(shared: World) -> None:
    seen: list[Form] = []
    looked_at: set[str] = set()

    def note(sender: object, template: object, context: dict[str, Any], **rest: object) -> None:
        seen.extend(value for value in context.values() if isinstance(value, Form))

    missing = []
    with template_rendered.connected_to(note, shared.app):
        for endpoint in worlds.endpoints(shared.app, "GET"):
            path = worlds.address(shared.app, endpoint, next(iter(worlds.sides(shared, endpoint).values())))
            for who in ("admin", "peserta", None):
                seen.clear()
                answer = shared.client(who).get(path)
                if answer.status_code != 200 or answer.mimetype != "text/html":
                    continue
                shown = set(re.findall(r'name="([^"]+)"', answer.get_data(as_text=True)))
                for form in [form for form in seen if not isinstance(form, ReportForm)]:  # every field may be missing
                    kind, asked = type(form).__name__, {field.name for field in form} - {"csrf_token"}
                    if asked & shown:
                        looked_at.add(kind)
                        missing += [(path, kind, name) for name in asked - shown - SOMETIMES.get(kind, set())]
                break
    assert missing == []
    assert looked_at >= {"SettingsForm", "DiklatForm", "SessionForm", "ProfileForm", "RegisterForm"}
