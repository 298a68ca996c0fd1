"""Names that stand in addresses: unguessable codes, slugs, and hashes of secrets. No running numbers."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata

# Crockford's base 32: no I, L, O, U, so that a code can be read aloud and typed (https://www.crockford.com/base32.html).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})


def code(length: int) -> str:
    """A random code of 5 bits a character."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def derived(text: str, length: int) -> str:
    """The one code that follows from this text; to whoever does not know the text it is as good as random."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(length))


def normal_code(typed: str) -> str:
    """What was meant by a typed code: upper case, no blanks or hyphens, misread letters mended."""
    return re.sub(r"[\s-]", "", typed).upper().translate(_MISREAD)


def digits(length: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(length))


def secret() -> str:
    """A one-time secret of 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def hashed(secret_text: str) -> str:
    """What is stored of a secret: a plain SHA-256 is enough because the secret has 256 random bits."""
    return hashlib.sha256(secret_text.encode()).hexdigest()


def slug(text: str, *, longest: int = 60) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) > longest:
        words = words[:longest].rsplit("-", 1)[0].strip("-")
    return words or "diklat"
