"""What a diklat is made of, kept in each process for as long as the database says that it is still the same.

`diklat.edition` is a number drawn anew by triggers, in the transaction of every change of the diklat or of a row that is
kept here. Rows of the edition that a request has read are revived in its own session, as if they had just been loaded.
Whoever writes reads from the tables.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, Generic, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from calakan.diklat.models import Diklat, DiklatLevel, DiklatPost, DiklatTopic, LiveSession, ProgrammeRow
from calakan.kernel import db
from calakan.people.models import Jenjang

Row = TypeVar("Row", bound=db.Base)
Values = Mapping[str, Any]
MOST = 4096  # lists, of one kind and one diklat each


class _Store:
    """The longest unused leaves first."""

    def __init__(self) -> None:
        self._lists: OrderedDict[tuple[str, int], tuple[int, Sequence[Values]]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, int], edition: int) -> Sequence[Values] | None:
        with self._lock:
            found = self._lists.get(key)
            if found is None or found[0] != edition:
                return None
            self._lists.move_to_end(key)
            return found[1]

    def put(self, key: tuple[str, int], edition: int, rows: Sequence[Values]) -> None:
        with self._lock:
            self._lists[key] = edition, rows
            self._lists.move_to_end(key)
            while len(self._lists) > MOST:
                self._lists.popitem(last=False)


_store = _Store()


class Kept(Generic[Row]):
    """Rows of one model. `read` loads those of many diklat, each with the id of its diklat and in the order to keep.

    The table must be watched by the triggers of `diklat.edition` (migration 0094).
    """

    def __init__(self, model: type[Row], read: Callable[[Sequence[int]], Iterable[tuple[int, Row]]]) -> None:
        self.model, self._read = model, read

    def of(self, *diklat_ids: int) -> dict[int, list[Row]]:
        """diklat -> its rows; one statement at most, and one more where a diklat was not read yet."""
        if db.writing():
            return self._read_anew(diklat_ids)
        found: dict[int, list[Row]] = {}
        editions, missing = _editions(diklat_ids), []
        for id in diklat_ids:
            rows = _store.get((self.model.__tablename__, id), editions.get(id, 0))
            if rows is None:
                missing.append(id)
            else:
                found[id] = [_revived(self.model, values) for values in rows]
        if missing:
            for id, loaded in self._read_anew(missing).items():
                found[id] = loaded
                if id in editions:
                    _store.put((self.model.__tablename__, id), editions[id], [_values(row) for row in loaded])
        return found

    def values(self, *diklat_ids: int) -> dict[int, Sequence[Values]]:
        """As `of`, for who reads a column or two: no rows are made of what is kept."""
        editions = {} if db.writing() else _editions(diklat_ids)
        kept = {id: _store.get((self.model.__tablename__, id), editions.get(id, 0)) for id in editions}
        found = {id: rows for id, rows in kept.items() if rows is not None}
        if missing := [id for id in diklat_ids if id not in found]:
            found.update({id: [_values(row) for row in rows] for id, rows in self.of(*missing).items()})
        return found

    def _read_anew(self, ids: Sequence[int]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {id: [] for id in ids}
        for id, row in self._read(ids):
            found[id].append(row)
        return found


def _editions(ids: Iterable[int]) -> dict[int, int]:
    """As this request knows them; a diklat that it has loaded brought its own."""
    known: dict[int, int] = db.once("editions", dict)
    held = db.session().identity_map
    unknown = []
    for id in ids:
        loaded = held.get(identity_key(Diklat, id))
        if loaded is not None and "edition" in sa.inspect(loaded).dict:
            known[id] = loaded.edition
        elif id not in known:
            unknown.append(id)
    if unknown:
        known.update(db.session().execute(_read_editions(), {"ids": unknown}).all())
    return known


@cache
def _read_editions() -> sa.Executable:
    return sa.select(Diklat.id, Diklat.edition).where(Diklat.id.in_(sa.bindparam("ids", expanding=True)))


def _values(row: db.Base) -> Values:
    return {name: row.__dict__[name] for name in _columns(type(row)) if name in row.__dict__}


@cache
def _columns(model: type[db.Base]) -> Sequence[str]:
    mapper: Mapper[Any] = sa.inspect(model)
    return [attribute.key for attribute in mapper.column_attrs]


@cache
def _key_columns(model: type[db.Base]) -> Sequence[str]:
    return [str(column.key) for column in sa.inspect(model).primary_key]


def _revived(model: type[Row], values: Values) -> Row:
    session = db.session()
    held: Any = session.identity_map.get(identity_key(model, tuple(values[name] for name in _key_columns(model))))
    if held is not None and not sa.inspect(held).expired:
        return cast(Row, held)
    if held is not None:  # of an earlier transaction of this session
        for name, value in values.items():
            set_committed_value(held, name, value)
        return cast(Row, held)
    made = model()
    sa.inspect(made).dict.update(values)
    make_transient_to_detached(made)
    session.add(made)
    return made


def part(model: type[Any], *order: Any) -> Kept[Any]:
    """All rows of a table that names its diklat."""
    wanted = (
        sa.select(model)
        .where(model.diklat_id.in_(sa.bindparam("ids", expanding=True)))
        .order_by(model.diklat_id, *order)
    )

    def read(ids: Sequence[int]) -> Iterable[tuple[int, Any]]:
        return [(row.diklat_id, row) for row in db.session().scalars(wanted, {"ids": ids})]

    return Kept(model, read)


SESSIONS = part(LiveSession, LiveSession.starts_at, LiveSession.number)
PROGRAMME = part(ProgrammeRow, ProgrammeRow.position, ProgrammeRow.id)
_AUDIENCE = {
    "topics": part(DiklatTopic, DiklatTopic.topic),
    "levels": part(DiklatLevel, DiklatLevel.jenjang),
    "posts": part(DiklatPost, DiklatPost.jabatan),
}


@dataclass(frozen=True)
class Audience:
    """Whom a diklat is for; nothing is everybody."""

    levels: tuple[Jenjang, ...]
    posts: tuple[str, ...]


def audiences(diklat: Iterable[Diklat]) -> dict[int, Audience]:
    """By diklat."""
    ids = [one.id for one in diklat]
    levels, posts = _AUDIENCE["levels"].values(*ids), _AUDIENCE["posts"].values(*ids)
    return {
        id: Audience(tuple(row["jenjang"] for row in levels[id]), tuple(row["jabatan"] for row in posts[id]))
        for id in ids
    }


def with_audience(diklat: Iterable[Diklat]) -> None:
    """Give each its topics, levels and posts, which its own statement left out."""
    found = list(diklat)
    ids = [one.id for one in found]
    for name, kept in _AUDIENCE.items():
        rows = kept.of(*ids)
        for one in found:
            set_committed_value(one, name, rows[one.id])
