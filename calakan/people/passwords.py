"""Password hashes (argon2id, RFC 9106) and strength. One hash a core at a time: each needs 19 MiB."""

from __future__ import annotations

import os
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from calakan.people.errors import PasswordWeak

SHORTEST, SHORTEST_STAFF, LONGEST = 12, 15, 128
_turns = threading.BoundedSemaphore(os.cpu_count() or 1)
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def make_cheap() -> None:
    """For test suites only: the same algorithm at its smallest cost."""
    global _hasher
    _hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    _nobody.cache_clear()


def hashed(password: str) -> str:
    with _turns:
        return _hasher.hash(password)


@cache
def _nobody() -> str:
    return hashed("nobody has this password")


def matches(password_hash: str | None, password: str) -> bool:
    """Takes as long for a person who does not exist as for one who does."""
    with _turns:
        try:
            right = _hasher.verify(password_hash or _nobody(), password[:LONGEST])
        except (VerifyMismatchError, InvalidHashError):
            return False
    return right and password_hash is not None


def check_strength(password: str, *, staff: bool, about: list[str]) -> None:
    """Raises PasswordWeak: too short, too long, or easily guessed. No rules about kinds of characters (NIST 800-63B)."""
    shortest = SHORTEST_STAFF if staff else SHORTEST
    if len(password) < shortest:
        raise PasswordWeak(why="short", shortest=shortest)
    if len(password) > LONGEST:
        raise PasswordWeak(why="long", longest=LONGEST)
    from zxcvbn import zxcvbn  # its word lists take more memory than all the rest of this room; few processes need them

    if zxcvbn(password[:72], user_inputs=[a for a in about if a])["score"] < 2:
        raise PasswordWeak(why="guessable")
