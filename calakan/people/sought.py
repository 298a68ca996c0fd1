"""By which words somebody is found: a row for each word of a name and of an address, so that a search reads no other rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, aliased, mapped_column

from calakan.kernel import db
from calakan.kernel.text import like, search_key
from calakan.people.models import Person

MOST_WORDS = 8
_LAST = "\U0010ffff"  # behind whatever else a word may go on with
_PORTION = 2_000
# Words are compared by their letters alone, whatever language the database was made for: a range is what the index answers.
_WORD = sa.String(254).with_variant(sa.String(254, collation="C"), "postgresql")


class PersonWord(db.Base):
    """A word by which this person is found; made from name and address, and with each change of them made anew."""

    __tablename__ = "person_word"

    word: Mapped[str] = mapped_column(_WORD, primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)


def words_of(name_key: str, email: str | None) -> set[str]:
    """The words of the name and of the mailbox, the whole address, and its domain."""
    words = set(name_key.split())
    if email:
        mailbox, _, domain = email.partition("@")
        words |= {email, domain, *search_key(re.sub(r"[._]", " ", mailbox)).split()}
    return words - {""}


def finds(words: str, among: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """The condition on Person that each typed word begins a word of the name or address. Where that is nobody among those who
    are asked for, all that was typed may stand anywhere in one of them: slower, for who remembers the middle of a name.
    """
    plain, other = set[str](), []
    for typed in [typed for typed in words.lower().split() if search_key(typed)][:MOST_WORDS]:
        parts, whole = list(dict.fromkeys(search_key(typed).split()))[:MOST_WORDS], typed.lstrip("@")
        if parts == [whole]:
            plain.add(whole)
        else:  # an address as it was typed, or a name without its accents and dots
            other.append(sa.union(_all_of([whole]), _all_of(parts)))
    fits = sa.and_(*(Person.id.in_(held) for held in ([_all_of(plain)] if plain else []) + other))
    if db.session().scalar(sa.select(sa.exists(sa.select(Person.id).where(among, fits)))):
        return fits
    anybody = aliased(Person)  # apart, so that its index alone answers
    name, address = like(search_key(words)), like(words.strip().lower())
    anywhere = anybody.name_key.like(name, escape="\\") | anybody.email.like(address, escape="\\")
    return Person.id.in_(sa.select(anybody.id).where(anywhere))


def _all_of(beginnings: Iterable[str]) -> sa.Select[int]:
    """Who has words that begin so: those of the longest one, which has the fewest, asked for the others."""
    longest, *others = sorted(beginnings, key=len, reverse=True)
    held = _with(longest)
    for beginning in others:
        held = held.where(PersonWord.person_id.in_(_with(beginning, aliased(PersonWord))))
    return held


def _with(beginning: str, words: type[PersonWord] = PersonWord) -> sa.Select[int]:
    return sa.select(words.person_id).where(words.word >= beginning, words.word < beginning + _LAST)


def rebuild() -> int:
    """Make all rows anew from what names and addresses are now; returns how many people there are."""
    session, people = db.session(), 0
    session.execute(sa.delete(PersonWord))
    rows = session.execute(sa.select(Person.id, Person.name_key, Person.email).order_by(Person.id))
    for portion in rows.partitions(_PORTION):
        _write(session.connection(), ((id, key, email) for id, key, email in portion))
        people += len(portion)
    return people


def _write(connection: Connection, people: Iterable[tuple[int, str, str | None]]) -> None:
    rows = [{"word": word, "person_id": id} for id, key, email in people for word in sorted(words_of(key, email))]
    if rows:
        connection.execute(sa.insert(db.table(PersonWord)), rows)


@event.listens_for(Person, "after_insert")
def _made(mapper: Any, connection: Connection, person: Person) -> None:
    _write(connection, [(person.id, person.name_key, person.email)])


@event.listens_for(Person, "after_update")
def _changed(mapper: Any, connection: Connection, person: Person) -> None:
    said = sa.inspect(person).attrs
    if said.name_key.history.has_changes() or said.email.history.has_changes():
        words = db.table(PersonWord)
        connection.execute(sa.delete(words).where(words.c.person_id == person.id))
        _write(connection, [(person.id, person.name_key, person.email)])
