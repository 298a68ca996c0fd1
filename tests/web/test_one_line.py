"""No line break enters a title, or anything else that is one line: it would start a line of its own in mails and files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from wtforms import Field, PasswordField, SelectField, StringField, TextAreaField

from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.kernel.text import one_line
from calakan.office.models import Choice
from calakan.tables.reading import Column, table
from calakan.web.forms import Form
from tests import factories

TYPED = "Budi\r\nBcc: x@example.org \n\t Santoso\u2028Akhir"
ONE = "Budi Bcc: x@example.org Santoso Akhir"


def kinds(of: type[Form] = Form) -> Iterator[type[Form]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def fields(kind: type[Form]) -> Iterator[str]:
    """The one-line texts of a form; a password is nobody's line."""
    for name in dir(kind):
        found = getattr(kind, name)
        made = getattr(found, "field_class", None)
        many = TextAreaField | PasswordField | SelectField
        if made is not None and issubclass(made, StringField) and not issubclass(made, many):
            yield name


def test_no_form_lets_a_line_break_into_one_line(app: Flask) -> None:
    """The forms are those of pages and API alike."""
    looked_at, wrong = set(), []
    for kind in list(kinds()):
        # Some forms ask for what they are about; what their fields do is the same without it.
        plain: Any = type(kind.__name__, (kind,), {"__init__": Form.__init__})
        for name in fields(kind):
            with app.test_request_context():
                found: Field = plain(formdata=MultiDict({name: TYPED}))[name]
            looked_at.add((kind.__name__, name))
            if isinstance(found.data, str) and found.data != ONE:  # what is no time is refused
                wrong.append((kind.__name__, name, found.data))
    assert wrong == []
    assert looked_at >= {("DiklatForm", "title"), ("RegisterForm", "name"), ("SessionForm", "title")}
    assert len(looked_at) > 60


def test_a_text_keeps_its_lines(app: Flask) -> None:
    class TextForm(Form):
        text = TextAreaField()

    with app.test_request_context():
        assert TextForm(formdata=MultiDict({"text": "satu\r\ndua"})).text.data == "satu\ndua"


@pytest.mark.parametrize(
    ("typed", "kept"), [(TYPED, ONE), ("\nBudi\n", "Budi"), ("Budi  Santoso", "Budi  Santoso"), ("a \n\n b", "a b")]
)
def test_a_break_is_a_blank(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


@pytest.mark.parametrize("mark", ["\r", "\x0b", "\x0c", "\x85", "\x1e"])
def test_other_breaks_are_refused(mark: str) -> None:
    with pytest.raises(ValueError, match="mark"):
        one_line(f"Budi{mark}Santoso")


def test_a_file_gives_one_line_unless_its_column_has_lines() -> None:
    content = b'nama,soal\n"Budi\nBcc: x","satu\ndua"\n'
    read = table(content, (Column("nama", required=True), Column("soal", required=True, lines=True)))
    assert [(line["nama"], line["soal"]) for line in read.lines] == [("Budi Bcc: x", "satu\ndua")]


def test_a_choice_of_the_office_is_one_line(app: Flask, client_of: Callable[[int], FlaskClient]) -> None:
    typed = {"kind": "jabatan", "label": "Guru\nBcc: x"}
    admin = client_of(factories.person("Rina", Role.ADMIN).id)
    assert admin.post("/kelola/pengaturan/pilihan", data=typed).status_code in (302, 303)
    db.session().rollback()
    assert "Guru Bcc: x" in db.session().scalars(sa.select(Choice.label)).all()
