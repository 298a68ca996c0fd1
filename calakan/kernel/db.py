"""The database: the base of all models, UTC instants, and the one way to write, `transaction()`.

SQLite and PostgreSQL behave alike here: a writing transaction starts afresh and locks by writing.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from types import ModuleType
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, orm
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from calakan.kernel import errors, turns
from calakan.kernel.columns import UTCDateTime as UTCDateTime
from calakan.kernel.columns import enum_column as enum_column


class Base(orm.DeclarativeBase):
    metadata: ClassVar[sa.MetaData] = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry: ClassVar[orm.registry] = orm.registry(type_annotation_map={datetime: UTCDateTime()}, metadata=metadata)


class Lockable:
    """Rows that are locked by writing `lock_count`, because SQLite ignores FOR UPDATE.

    `shared`: many may hold one of these together (`share`), each for a part of it that is his alone.
    """

    shared: ClassVar[bool] = False
    lock_count: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")


log = logging.getLogger(__name__)
db = SQLAlchemy(metadata=Base.metadata)
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_patient: ContextVar[bool] = ContextVar("patient", default=True)
_ring: Callable[[str], object] = str  # whoever rings before anything is connected rings nothing
_conflicts: dict[str, type[errors.DomainError]] = {}

Model = TypeVar("Model", bound=Base)
BUSY_SECONDS = 25  # how long a write waits for another program's lock on SQLite's file
WAL_IS_SAFE = (3, 51, 3)


class NotInTransaction(RuntimeError):
    """A write outside `transaction()`: a bug, not a message for users."""


def session() -> orm.Session:
    return db.session()


def let_go(_: BaseException | None = None) -> None:
    """End the session of a request. Its last roll-back fails if the database went away, and must not take the answer along."""
    try:
        db.session.remove()
    except SQLAlchemyError as error:
        log.warning("a session ended with its connection: %s", str(error).partition("\n")[0])
        db.session().invalidate()
        db.session.registry.clear()


def engine() -> Engine:
    return db.engine


def sqlite_driver() -> ModuleType:
    """The newest SQLite at hand: the wheel where there is one, else Python's own."""
    try:
        return importlib.import_module("pysqlite3")
    except ImportError:
        return importlib.import_module("sqlite3")


def engine_options(database_url: str) -> dict[str, Any]:
    if database_url.startswith("sqlite"):
        return {
            "module": sqlite_driver(),
            "connect_args": {"timeout": BUSY_SECONDS, "isolation_level": None},
            "pool_size": 20,
        }
    limits = (
        "-c lock_timeout=3000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
    )
    # A host that has vanished without a word is noticed in seconds, not when the kernel gives up after a quarter of an hour.
    reach = {
        "connect_timeout": 4,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "tcp_user_timeout": 15000,
    }
    return {
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 20,
        "pool_timeout": 5,
        "connect_args": {"options": limits, **reach},
    }


def prepare_engine(engine: Engine) -> None:
    """Make SQLite safe under concurrent writers; PostgreSQL needs nothing."""
    if engine.dialect.name != "sqlite":
        return
    driver = sqlite_driver()
    # Versions up to 3.51.2 can corrupt a WAL database when it is reset (https://sqlite.org/wal.html#walresetbug).
    journal = "WAL" if driver.sqlite_version_info >= WAL_IS_SAFE else "TRUNCATE"

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            f"journal_mode={journal}",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS}000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A read that turns into a write in a deferred transaction fails at once, whatever busy_timeout says.
        if _patient.get():
            connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
            return
        connection.exec_driver_sql("PRAGMA busy_timeout=100")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS}000")


def is_away(error: SQLAlchemyError) -> bool:
    """Whether the database cannot answer now (stopped, cut, busy, full, read-only, damaged): none of our statements is wrong.

    The classes of PostgreSQL: 08 connection, 25006 read-only, 25P03 ended while idle, 53 resources, 57 stopped by an operator.
    """
    if isinstance(error, (OperationalError, sa.exc.TimeoutError)) or type(error) is DatabaseError:
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state[:2] in ("08", "53", "57") or state in ("25006", "25P03")


def is_full(error: Exception) -> bool:
    """Whether the disk of the database took no more."""
    if not isinstance(error, DBAPIError):
        return False
    return getattr(error.orig, "sqlstate", "") == "53100" or "disk is full" in str(error.orig)


def connect_conflicts(conflicts: dict[str, type[errors.DomainError]]) -> None:
    """Constraint name -> domain error; called once from `calakan.app`."""
    _conflicts.clear()
    _conflicts.update(conflicts)


def connect_ring(sender: Callable[[str], None]) -> None:
    global _ring
    _ring = sender


def ring(queue: str) -> None:
    """After commit, tell the workers of this queue that there is work. Losing a ring is harmless: the sweep finds the rows."""
    session().info.setdefault("rings", set()).add(queue)


def afterwards(act: Callable[[], None]) -> None:
    """After commit, do this once."""
    session().info.setdefault("afterwards", set()).add(act)


def _constraint_name(error: IntegrityError) -> str | None:
    diagnostic = getattr(error.orig, "diag", None)
    if diagnostic is not None:
        return str(diagnostic.constraint_name) if diagnostic.constraint_name else None
    text = str(error.orig)
    if text.startswith("CHECK constraint failed: "):
        return text.removeprefix("CHECK constraint failed: ")
    if text.startswith("UNIQUE constraint failed: "):
        columns = text.removeprefix("UNIQUE constraint failed: ").split(", ")
        table = columns[0].split(".")[0]
        return "_".join(["uq", table, *(c.split(".")[1] for c in columns)])
    return None


@contextmanager
def at_once() -> Iterator[None]:
    """A write within this that would have to wait for another program's lock on SQLite raises OperationalError instead."""
    token = _patient.set(False)
    try:
        yield
    finally:
        _patient.reset(token)


@contextmanager
def transaction() -> Iterator[orm.Session]:
    """One write: starts afresh, commits on success, rolls back on any error, rings the workers afterwards.

    Raises the domain error of a violated constraint; NotInTransaction when nested.
    """
    current = session()
    if _writing.get():
        raise NotInTransaction("transactions do not nest")
    current.rollback()
    current.info["rings"], current.info["afterwards"] = set(), set()
    with _turn():
        token = _writing.set(True)
        try:
            yield current
            current.commit()
        except IntegrityError as error:
            current.rollback()
            found = _conflicts.get(_constraint_name(error) or "")
            if found is None:
                raise
            raise found() from error
        except BaseException:
            current.rollback()
            raise
        finally:
            _writing.reset(token)
    for act in current.info.pop("afterwards", ()):
        act()
    for queue in current.info.pop("rings", ()):
        _ring(queue)


@contextmanager
def _turn() -> Iterator[None]:
    """SQLite has one writer: threads and processes line up in order instead of knocking at the file."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    patience = {"seconds": BUSY_SECONDS} if _patient.get() else {"seconds": 0.1, "thread_seconds": 0.1}
    with ExitStack() as line:
        try:
            line.enter_context(turns.turn(db.engine.url.database, **patience))
        except TimeoutError as error:
            raise OperationalError("BEGIN IMMEDIATE", {}, error) from None
        yield


@event.listens_for(orm.Session, "before_flush")
def _only_in_transaction(current: orm.Session, context: Any, instances: Any) -> None:
    if not _writing.get():
        raise NotInTransaction("flush outside transaction()")


def table(model: type[Base]) -> sa.Table:
    """The table of a model, for statements without the unit of work."""
    found = model.__table__
    assert isinstance(found, sa.Table)
    return found


def once(key: str, read: Callable[[], Any]) -> Any:
    """What `read` answered first in this transaction, until something is written or it ends: for what many parts ask."""
    kept = session().info.setdefault("once", {})
    if key not in kept:
        kept[key] = read()
    return kept[key]


def _forget_once(current: orm.Session, *_: object) -> None:
    current.info.pop("once", None)


for _moment in ("after_flush", "after_commit", "after_rollback", "after_soft_rollback"):
    event.listen(orm.Session, _moment, _forget_once)


@event.listens_for(orm.Session, "do_orm_execute")
def _forget_when_written(state: orm.ORMExecuteState) -> None:
    if not state.is_select:
        _forget_once(state.session)


def writing() -> bool:
    """Whether this is inside of `transaction()`."""
    return _writing.get()


def insert_new(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows that all name the same columns, leaving out those whose unique key exists; returns how many were new."""
    if not rows:
        return 0
    insert = postgresql.insert if engine().dialect.name == "postgresql" else sqlite.insert
    target = table(model)
    # A list of parameters, not of values: the statement is compiled once, whatever the number of rows.
    written = session().execute(insert(target).on_conflict_do_nothing().returning(target.c.id), rows)
    return len(written.all())


def touched(done: sa.Result[Any]) -> int:
    """How many rows an UPDATE or a DELETE has met; what `execute` gives for these has the count, and its type does not say so."""
    return int(done.rowcount)  # type: ignore[attr-defined]  # see above


def lock(model: type[Model], id: int) -> Model:
    """Hold this row until the transaction ends; the first statement of whoever decides on a count. Raises NotFound."""
    hold(model, id)
    row = session().get(model, id, populate_existing=True)
    assert row is not None
    return row


def hold(model: type[Base], id: int, *columns: sa.orm.InstrumentedAttribute[Any]) -> sa.Row[Any]:
    """The same in one statement, for who needs these columns alone, as they are now. Raises NotFound."""
    if not _writing.get():
        raise NotInTransaction("lock outside transaction()")
    if issubclass(model, Lockable) and model.shared:
        _stand_in_line(model, id, "pg_advisory_xact_lock")
    found = session().execute(_hold(table(model), columns), {"held_id": id}).first()
    if found is None:
        raise errors.NotFound()
    return found


def share(model: type[Base], id: int) -> None:
    """Hold this row together with others who share it, and against whoever locks it, until the transaction ends.

    Whoever locks it is not passed by those who come to share it later, as he would be with PostgreSQL's locks of rows.
    On SQLite nobody else writes anyway.
    """
    if not _writing.get():
        raise NotInTransaction("lock outside transaction()")
    _stand_in_line(model, id, "pg_advisory_xact_lock_shared")


def alone(what: str, which: str) -> None:
    """Hold this name, of no row, until the transaction ends: the first statement of whoever counts before he adds to it.

    On SQLite nobody else writes anyway.
    """
    if not _writing.get():
        raise NotInTransaction("lock outside transaction()")
    if engine().dialect.name == "postgresql":
        session().execute(_name_held(), {"what": what, "which": which})


@lru_cache(maxsize=1)
def _name_held() -> sa.Executable:
    names = (sa.func.hashtext(sa.bindparam(name, type_=sa.String)) for name in ("what", "which"))
    return sa.select(sa.func.pg_advisory_xact_lock(*names))


def _stand_in_line(model: type[Base], id: int, lock: str) -> None:
    if engine().dialect.name == "postgresql":
        session().execute(_line(lock), {"what": model.__tablename__, "which": id})


@lru_cache(maxsize=2)
def _line(lock: str) -> sa.Executable:
    return sa.select(
        getattr(sa.func, lock)(sa.func.hashtext(sa.bindparam("what")), sa.bindparam("which", type_=sa.Integer))
    )


@lru_cache(maxsize=64)
def _hold(target: sa.Table, columns: tuple[sa.orm.InstrumentedAttribute[Any], ...]) -> Any:
    """Built once for each table and set of columns."""
    return (
        sa.update(target)
        .where(target.c.id == sa.bindparam("held_id"))
        .values(lock_count=target.c.lock_count + 1)
        .returning(target.c.id, *(target.c[column.key] for column in columns))
    )
