"""A test on a phone whose signal comes and goes: each answer is saved, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from calakan.assessment.models import Question
from calakan.assessment.queries import exams
from calakan.assessment.services.questions import multiple, order, short
from calakan.kernel import db
from tests.browser.conftest import Site, new_app, served
from tests.world import build

KINDS = (multiple("Mana?", ("a", "b", "c"), (0, 1)), short("Apa?", ("x",)), order("Urut?", ("a", "b")))
ONE = "input[type=radio][name^=soal-]"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Site]:
    """An office of its own: these tests write."""
    app = new_app(tmp_path_factory.mktemp("exams"))
    with app.app_context():
        made = build(app)
        exam = exams.exam(made.diklat["own"], 1)
        assert exam is not None
        owner = {"diklat_id": exam.diklat_id, "exam_id": exams.owner(exam)}
        with db.transaction() as session:  # somebody has begun, so the services would refuse
            for number, item in enumerate(KINDS, start=50):
                made_of = {"kind": item.kind, "options": [*item.options], "answer": 0, "answers": [*item.answers]}
                session.add(Question(text=item.text, position=number, **made_of, **owner))
    with served(app) as base:
        yield Site(app, base, made, chromium)


def test_answers_wait_for_the_signal(office: Site) -> None:
    page = office.page("peserta")
    page.goto(f"{office.base}/belajar/{office.world.diklat['own']}/tes/1")
    told = page.locator("[data-keadaan]")
    page.locator(ONE).first.check()
    expect(told).to_have_text("Tersimpan.")
    page.context.set_offline(True)
    page.locator(ONE).last.check()
    expect(told).to_contain_text("Belum tersimpan")
    page.context.set_offline(False)
    expect(told).to_have_text("Tersimpan.")
    page.reload()
    expect(page.locator(ONE).first).to_be_checked()
    expect(page.locator(ONE).last).to_be_checked()
    ticks, steps, word = page.locator("input[type=checkbox]"), page.locator("main select"), page.locator("main .input")
    ticks.nth(0).check()
    ticks.nth(2).check()
    steps.nth(0).select_option("2")
    word.fill("kata")
    page.wait_for_function("() => document.querySelector('[data-keadaan]').textContent === 'Tersimpan.'")
    ticks.nth(0).uncheck()
    expect(told).to_have_text("Tersimpan.")
    page.reload()
    expect(word).to_have_value("kata")
    assert [ticks.nth(n).is_checked() for n in range(3)] == [False, False, True]
    assert [steps.nth(n).input_value() for n in range(2)] == ["2", ""]
    page.context.close()


def test_without_a_script_a_button_saves(office: Site) -> None:
    page = office.page("peserta", script=False)
    page.goto(f"{office.base}/belajar/{office.world.diklat['own']}/tes/1")
    page.locator(ONE).nth(2).check()
    page.get_by_role("button", name="Simpan dulu").click()
    expect(page.get_by_text("Jawaban tersimpan.")).to_be_visible()
    expect(page.locator(ONE).nth(2)).to_be_checked()
    page.context.close()
