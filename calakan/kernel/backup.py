"""A backup: every row of one instant, every stored file and the keys, in one archive that either database can read back.

Rows are written as JSON, so a backup of SQLite can be restored on PostgreSQL and back. `archive` knows the file's form.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from calakan.kernel import archive as archives
from calakan.kernel.archive import BLOCK, BackupUnreadable, Contents, Progress
from calakan.kernel.db import Base, UTCDateTime
from calakan.kernel.elsewhere import Elsewhere, Own, on_disk
from calakan.kernel.vault import Raw, Sealed

FORMAT = 2
CHUNK = 1000
# What a running site makes anew: the database itself (its rows are in the tables), the broker, the beat's memory.
MADE_ANEW = ("calakan.sqlite3", "broker", "beat-schedule", "upgrades")
DRAFTS = (".draft-", ".backup-", ".restore-")
STORE = "files"  # what people have given; whatever it looks like, it is no backup of ours


class NotEmpty(Exception):
    """There are people here already; a restore never overwrites."""


def nothing(count: int) -> None:
    """Progress that nobody looks at."""


def write(
    target: Path, *, engine: Engine, data_dir: Path | None, made_at: datetime, passphrase: str = "",
    progress: Progress = nothing, elsewhere: Sequence[Elsewhere] = (),
) -> Contents:  # fmt: skip
    """Write the archive, read it back, and return what it holds; complete or absent, readable by its owner alone.

    Without `data_dir` it holds rows alone. The rows are those of one instant, and the database is let go before the first file is packed, however many there
    are. `progress` is told the bytes of files as they are packed. Raises OSError, sqlalchemy.exc.SQLAlchemyError.
    """
    place = target.absolute().parent
    handle, draft = tempfile.mkstemp(dir=place, prefix=".backup-")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file, tempfile.TemporaryFile(dir=place, prefix=".backup-") as rows:
            told = _dump(rows, engine, made_at)
            with archives.writing(file, passphrase) as archive:
                archives.add(archive, "backup.json", json.dumps(told, indent=1).encode())
                _add_tables(archive, rows, told["tables"])
                listed = dict(_add_files(archive, _own_files(data_dir, target, elsewhere), progress))
                archives.add(archive, "files.json", json.dumps(listed).encode())
            file.flush()
            os.fsync(file.fileno())
        found = archives.read_through(Path(draft), passphrase, keep=lambda name, content: None)
        os.replace(draft, target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return found


def size_of_files(data_dir: Path | None, target: Path, elsewhere: Sequence[Elsewhere] = ()) -> int:
    """How many bytes `write` will tell its progress of."""
    return sum(file.size for file in _own_files(data_dir, target, elsewhere))


def _dump(rows: IO[bytes], engine: Engine, made_at: datetime) -> dict[str, Any]:
    """All tables one after the other into one file, and what is to be known of each."""
    told: dict[str, Any] = {"format": FORMAT, "made_at": made_at.isoformat(), "tables": {}}
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        told["revision"] = _revision(connection)  # the first read fixes the instant
        for table in _own_tables():
            told["tables"][table.name] = _dump_table(rows, connection, table)
    return told


def _own_tables() -> Iterator[sa.Table]:
    """But for those that a site makes anew from the others."""
    return (table for table in Base.metadata.sorted_tables if not table.info.get("made_anew"))


def _own_columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.columns if not column.info.get("made_anew")]


def _dump_table(rows: IO[bytes], connection: Connection, table: sa.Table) -> dict[str, Any]:
    count, size, checksum = 0, 0, hashlib.sha256()
    for line in _lines(connection, table):
        rows.write(line)
        checksum.update(line)
        count, size = count + 1, size + len(line)
    return {"rows": count, "bytes": size, "sha256": checksum.hexdigest()}


def _lines(connection: Connection, table: sa.Table) -> Iterator[bytes]:
    # What is sealed stays so: the key need not lie in the archive.
    columns = [
        sa.type_coerce(c, sa.Text).label(c.name) if isinstance(c.type, Sealed) else c for c in _own_columns(table)
    ]
    wanted = sa.select(*columns).order_by(*table.primary_key.columns)
    found = connection.execution_options(yield_per=CHUNK).execute(wanted)
    for row in found:
        values = {name: _plain(value) for name, value in row._mapping.items()}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _add_tables(archive: tarfile.TarFile, rows: IO[bytes], told: dict[str, Any]) -> None:
    rows.seek(0)
    for name, facts in told.items():
        archive.addfile(archives.member(f"tables/{name}.jsonl", facts["bytes"]), rows)


def _add_files(archive: tarfile.TarFile, files: Iterator[Own], progress: Progress) -> Iterator[tuple[str, str]]:
    """Files are immutable and stand before the row that names them, so those of the instant are all here."""
    for own in files:
        name = f"data/{own.name}"
        try:
            file, size = own.open()
        except FileNotFoundError:  # its time was over in between: an export, say
            continue
        with file:
            hashing = archives.Hashing(file, progress)
            archive.addfile(archives.member(name, size), hashing)
        yield name, hashing.sha256.hexdigest()


def _own_files(data_dir: Path | None, target: Path, elsewhere: Sequence[Elsewhere]) -> Iterator[Own]:
    """Without what is made anew, drafts, and backups: this one and earlier ones."""
    if data_dir is None:
        return
    aside = tuple(top for place in elsewhere for top in place.tops)
    for path in sorted(data_dir.rglob("*")):
        top = path.relative_to(data_dir).parts[0]
        if not path.is_file() or top in aside or top.startswith((*MADE_ANEW, *DRAFTS)) or path.name.startswith(DRAFTS):
            continue
        if top == STORE or not (path == target.absolute() or archives.is_archive(path)):
            yield on_disk(path, path.relative_to(data_dir).as_posix())
    for place in elsewhere:
        yield from place.files()


def _revision(connection: Connection) -> str:
    return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


def expect(source: Path, passphrase: str, revision: str) -> None:
    """That it is whole and of this schema. Raises BackupUnreadable, sealed.WrongPassphrase, OSError."""
    found = archives.read_through(source, passphrase, keep=lambda name, content: None)
    _expect_revision(found.told["revision"], revision)


def _expect_revision(made_at: str, here: str) -> None:
    if here != made_at:
        raise BackupUnreadable(f"made at schema {made_at}, this is {here}: restore with that version, then upgrade")


def restore(
    source: Path, *, engine: Engine, data_dir: Path, guard: sa.Table, passphrase: str = "", progress: Progress = nothing,
    elsewhere: Sequence[Elsewhere] = (),
) -> Contents:  # fmt: skip
    """Fill a migrated database, the data directory and what stands for parts of it; all rows or none, and nothing before every checksum is compared.

    `guard` is the table whose rows mean that the database is in use; `progress` is told the bytes of the archive.
    Raises BackupUnreadable, sealed.WrongPassphrase, NotEmpty, OSError.
    """
    staging = Path(tempfile.mkdtemp(dir=data_dir, prefix=".restore-"))
    try:
        with engine.begin() as connection:
            _make_room(connection, None, guard)

        def keep(name: str, content: IO[bytes]) -> None:
            _unpack(staging / name, content)

        found = archives.read_through(source, passphrase, keep=keep, progress=progress)
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":  # files are moved while the rows wait to be committed
                connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            _make_room(connection, found.told["revision"], guard)
            _fill(connection, source, passphrase, found)
            _move_in(staging, data_dir, elsewhere)
    except (KeyError, ValueError, TypeError) as error:
        raise BackupUnreadable(str(error) or type(error).__name__) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return found


def _make_room(connection: Connection, revision: str | None, guard: sa.Table) -> None:
    """With a revision; without one, only look whether there is room."""
    if connection.scalar(sa.select(sa.literal(1)).select_from(guard).limit(1)):
        raise NotEmpty("this database is in use; restore into an empty one")
    if revision is None:
        return
    _expect_revision(revision, _revision(connection))
    for table in reversed(Base.metadata.sorted_tables):
        connection.execute(sa.delete(table))


def _fill(connection: Connection, source: Path, passphrase: str, found: Contents) -> None:
    """Row by row in the order of the archive, which is that of the foreign keys."""
    waiting = {f"tables/{table.name}.jsonl": table for table in _own_tables()}
    missing = [table.name for table in waiting.values() if table.name not in found.tables]
    if missing:
        raise BackupUnreadable(f"it lacks {', '.join(missing)}")
    for name, content in archives.members(source, passphrase):
        if name in waiting:
            _read_table(connection, waiting.pop(name), content)
        if not waiting:
            return


def _read_table(connection: Connection, table: sa.Table, content: IO[bytes]) -> None:
    columns = _own_columns(table)
    while lines := list(islice(content, CHUNK)):
        found = [json.loads(line) for line in lines]
        rows = [{column.name: _value(column, row[column.name]) for column in columns} for row in found]
        connection.execute(sa.insert(table), rows)
    if connection.dialect.name == "postgresql":
        _continue_ids(connection, table)


def _value(column: sa.Column[Any], plain: Any) -> Any:
    if plain is None:
        return None if not isinstance(column.type, sa.JSON) or column.nullable else sa.JSON.NULL
    if isinstance(column.type, Sealed):
        return Raw(plain)
    if isinstance(column.type, UTCDateTime):
        return datetime.fromisoformat(plain)
    if isinstance(column.type, sa.Date):
        return date.fromisoformat(plain)
    return base64.b64decode(plain) if isinstance(column.type, sa.LargeBinary) else plain


def _continue_ids(connection: Connection, table: sa.Table) -> None:
    column = table.autoincrement_column
    if column is None or column.foreign_keys:
        return
    sequence = connection.scalar(sa.func.pg_get_serial_sequence(table.name, column.name))
    highest = connection.scalar(sa.select(sa.func.max(column)))
    if sequence and highest:
        connection.execute(sa.select(sa.func.setval(sequence, highest)))


def _unpack(target: Path, content: IO[bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    with target.open("wb") as file:
        while block := content.read(BLOCK):
            if block.count(0) == len(block):
                file.seek(len(block), os.SEEK_CUR)  # a hole stays a hole
            else:
                file.write(block)
        file.truncate(file.tell())
        file.flush()
        os.fsync(file.fileno())


def _move_in(staging: Path, data_dir: Path, elsewhere: Sequence[Elsewhere]) -> None:
    places = {top: place for place in elsewhere for top in place.tops}
    for path in sorted(staging.rglob("*")):
        name = path.relative_to(staging)
        place, target = places.get(name.parts[0]), data_dir / name
        if path.is_dir():
            if place is None:
                target.mkdir(parents=True, exist_ok=True)
        elif place is not None:
            place.take(name.as_posix(), path)
        else:
            os.replace(path, target)
