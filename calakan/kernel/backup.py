"""A backup: every row of one instant, every stored file and the keys, in one archive that either database can read back.

The archive is a gzipped tar: `backup.json` (revision, rows and checksum of each table), `tables/<name>.jsonl`, and the
data directory's own files. Rows are written as JSON, so a backup of SQLite can be restored on PostgreSQL and back.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from calakan.kernel.db import Base, UTCDateTime

FORMAT = 1
CHUNK = 1000
# What a running site makes anew: the database itself (its rows are in the tables), the broker, the beat's memory.
MADE_ANEW = ("calakan.sqlite3", "broker", "beat-schedule")


class BackupUnreadable(Exception):
    """Not an archive of ours, or a damaged one; the message is for operators."""


class NotEmpty(Exception):
    """There are people here already; a restore never overwrites."""


def write(target: Path, *, engine: Engine, data_dir: Path, made_at: datetime) -> dict[str, int]:
    """Write the archive and return the rows of each table; complete or absent, readable by its owner alone.

    Raises OSError.
    """
    handle, draft = tempfile.mkstemp(dir=target.absolute().parent, prefix=".backup-")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            rows = _write(file, engine, data_dir, made_at)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return rows


def _write(file: IO[bytes], engine: Engine, data_dir: Path, made_at: datetime) -> dict[str, int]:
    told: dict[str, Any] = {"format": FORMAT, "made_at": made_at.isoformat(), "tables": {}}
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive, engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        told["revision"] = _revision(connection)  # the first read fixes the instant
        for table in _own_tables():
            told["tables"][table.name] = _write_table(archive, connection, table)
        # Files are immutable and stand before the row that names them, so those of the instant are all here.
        for path in _own_files(data_dir):
            archive.add(path, f"data/{path.relative_to(data_dir)}", recursive=False)
        _add(archive, "backup.json", json.dumps(told, indent=1).encode())
    return {name: facts["rows"] for name, facts in told["tables"].items()}


def _own_tables() -> Iterator[sa.Table]:
    """But for those that a site makes anew from the others."""
    return (table for table in Base.metadata.sorted_tables if not table.info.get("made_anew"))


def _write_table(archive: tarfile.TarFile, connection: Connection, table: sa.Table) -> dict[str, Any]:
    rows, checksum = 0, hashlib.sha256()
    with tempfile.TemporaryFile() as lines:
        for line in _lines(connection, table):
            lines.write(line)
            checksum.update(line)
            rows += 1
        info = tarfile.TarInfo(f"tables/{table.name}.jsonl")
        info.size = lines.tell()
        lines.seek(0)
        archive.addfile(info, lines)
    return {"rows": rows, "sha256": checksum.hexdigest()}


def _lines(connection: Connection, table: sa.Table) -> Iterator[bytes]:
    wanted = sa.select(table).order_by(*table.primary_key.columns)
    found = connection.execution_options(yield_per=CHUNK).execute(wanted)
    for row in found:
        values = {name: _plain(value) for name, value in row._mapping.items()}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _own_files(data_dir: Path) -> Iterator[Path]:
    for path in sorted(data_dir.rglob("*")):
        top = path.relative_to(data_dir).parts[0]
        if path.is_file() and not top.startswith(MADE_ANEW) and not path.name.startswith(".draft-"):
            yield path


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def _revision(connection: Connection) -> str:
    return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


def restore(source: Path, *, engine: Engine, data_dir: Path, guard: sa.Table) -> dict[str, int]:
    """Fill a migrated database and the data directory; all rows or none. Returns the rows of each table.

    `guard` is the table whose rows mean that the database is in use. Raises BackupUnreadable, NotEmpty, OSError.
    """
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            told = json.loads(_content(archive, "backup.json"))
            if told["format"] != FORMAT:
                raise BackupUnreadable(f"format {told['format']}")
            with engine.begin() as connection:
                _make_room(connection, told["revision"], guard)
                for table in _own_tables():
                    _read_table(archive, connection, table, told["tables"][table.name])
                _unpack_files(archive, data_dir)
    except (tarfile.TarError, EOFError, KeyError, ValueError, TypeError) as error:
        raise BackupUnreadable(str(error) or type(error).__name__) from error
    return {name: facts["rows"] for name, facts in told["tables"].items()}


def _make_room(connection: Connection, revision: str, guard: sa.Table) -> None:
    here = _revision(connection)
    if here != revision:
        raise BackupUnreadable(f"made at schema {revision}, this is {here}: restore with that version, then upgrade")
    if connection.scalar(sa.select(sa.literal(1)).select_from(guard).limit(1)):
        raise NotEmpty("this database is in use; restore into an empty one")
    for table in reversed(Base.metadata.sorted_tables):
        connection.execute(sa.delete(table))


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise BackupUnreadable(f"{name} is no file")
    return file.read()


def _read_table(archive: tarfile.TarFile, connection: Connection, table: sa.Table, told: dict[str, Any]) -> None:
    columns, checksum = list(table.columns), hashlib.sha256()
    file = archive.extractfile(f"tables/{table.name}.jsonl")
    if file is None:
        raise BackupUnreadable(f"{table.name} is no file")
    while lines := list(islice(file, CHUNK)):
        checksum.update(b"".join(lines))
        found = [json.loads(line) for line in lines]
        rows = [{column.name: _value(column, row[column.name]) for column in columns} for row in found]
        connection.execute(sa.insert(table), rows)
    if checksum.hexdigest() != told["sha256"]:
        raise BackupUnreadable(f"the rows of {table.name} are not those that were written")
    if connection.dialect.name == "postgresql":
        _continue_ids(connection, table)


def _value(column: sa.Column[Any], plain: Any) -> Any:
    if plain is None:
        return None if not isinstance(column.type, sa.JSON) or column.nullable else sa.JSON.NULL
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


def _unpack_files(archive: tarfile.TarFile, data_dir: Path) -> None:
    for member in archive:
        path = PurePosixPath(member.name)
        if path.parts[0] != "data":
            continue
        if not member.isreg() or ".." in path.parts or len(path.parts) < 2:
            raise BackupUnreadable(f"{member.name} is no plain file")
        content = _content(archive, member.name)
        target = data_dir.joinpath(*path.parts[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(content)
