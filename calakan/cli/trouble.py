"""An error of whatever kind as one line for whoever typed the command; the traceback only with `--debug`."""

from __future__ import annotations

import sys

DEBUG = "--debug"


def lines(error: Exception) -> list[str]:
    """What went wrong and, where one can know, what to do."""
    import config  # with its command alone

    if isinstance(error, config.InvalidSettings):
        return error.problems
    return [_of_database(error) or _of_system(error) or _of_ours(error) or f"{_told(error)} ({DEBUG} shows where)"]


def end(error: Exception) -> None:
    """Leave with exit code 1."""
    if DEBUG in sys.argv:
        raise error
    sys.exit("\n".join(f"calakan: {line}" for line in lines(error)))


def _of_database(error: Exception) -> str | None:
    if "sqlalchemy" not in sys.modules:
        return None
    import sqlalchemy.exc as sa  # with its command alone

    if not isinstance(error, sa.SQLAlchemyError):
        return None
    said = _told(getattr(error, "orig", None) or error)
    if "no such table" in said or "UndefinedTable" in type(getattr(error, "orig", None)).__name__:
        return "the database has no tables, or older ones; `calakan db upgrade` makes them"
    if "malformed" in said or "not a database" in said:
        return f"the database file is damaged ({said}); put it aside and `calakan restore` the last backup"
    if "readonly" in said:
        return f"the database can only be read ({said}); look at the rights and the space of its folder"
    if isinstance(error, sa.OperationalError):
        return f"the database does not answer: {said}"
    return None


def _of_system(error: Exception) -> str | None:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return None


def _of_ours(error: Exception) -> str | None:
    """Errors whose text is written for operators."""
    from calakan.kernel.errors import DomainError  # with its command alone

    return str(error) if isinstance(error, DomainError) else None


def _told(error: BaseException) -> str:
    first = " ".join(str(error).split())[:300]
    return first or type(error).__name__
