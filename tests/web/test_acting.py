"""What a page says of a deed: done, or why not, and nothing is left of what was refused."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask, get_flashed_messages
from wtforms import StringField

from calakan.kernel import db
from calakan.office.errors import ChoiceEmpty, ChoiceExists
from calakan.office.models import OfficeSetting
from calakan.web.acting import acting, held
from calakan.web.forms import Form


class LabelForm(Form):
    label = StringField("Nama")
    other = StringField("Lain")


def stored() -> int:
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(OfficeSetting)) or 0


def write() -> None:
    db.session().add(OfficeSetting(name="test", value=1))


def test_what_held_is_committed_before_it_is_said(app: Flask) -> None:
    with app.test_request_context():
        with acting(done="Disimpan.") as deed:
            write()
            assert not deed.done
        assert deed.done
        assert get_flashed_messages(with_categories=True) == [("ok", "Disimpan.")]
    assert stored() == 1


def test_what_is_refused_leaves_nothing_and_is_said_once(app: Flask) -> None:
    with app.test_request_context():
        with acting(done="Disimpan.") as deed:
            write()
            raise ChoiceEmpty
        assert not deed.done
        assert get_flashed_messages(with_categories=True) == [("err", "Tulis nama pilihan.")]
    assert stored() == 0


def test_a_refusal_stands_beside_its_field_or_the_one_that_is_named(app: Flask) -> None:
    def refused() -> None:
        raise ChoiceExists

    with app.test_request_context():
        form = LabelForm()
        assert not held(form, refused)
        assert list(form.label.errors) == ["Pilihan itu sudah ada."]
        assert held(form, write)
        assert get_flashed_messages() == []


def test_a_fault_is_no_refusal(app: Flask) -> None:
    def broken() -> None:
        with acting():
            write()
            raise ZeroDivisionError

    with app.test_request_context(), pytest.raises(ZeroDivisionError):
        broken()
    assert stored() == 0
