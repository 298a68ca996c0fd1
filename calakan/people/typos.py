"""Addresses that were likely mistyped: their owner would never get the letter, so whoever types them is asked once."""

from __future__ import annotations

# Where people have their mailboxes. Two of them may be one letter apart (gmail, ymail, mail): both are right.
KNOWN = (
    "gmail.com",
    "yahoo.com",
    "yahoo.co.id",
    "ymail.com",
    "rocketmail.com",
    "hotmail.com",
    "outlook.com",
    "outlook.co.id",
    "live.com",
    "icloud.com",
    "belajar.id",
    "guru.paud.belajar.id",
    "guru.sd.belajar.id",
    "guru.smp.belajar.id",
    "guru.sma.belajar.id",
    "guru.smk.belajar.id",
    "admin.paud.belajar.id",
    "admin.sd.belajar.id",
    "admin.smp.belajar.id",
)
RIGHT = frozenset({*KNOWN, "mail.com", "email.com", "live.co.id", "aol.com", "me.com", "gmx.com"})
# Further away than one letter.
TABLE = {
    "gmail.co.id": "gmail.com",
    "gmail.id": "gmail.com",
    "gmail.com.id": "gmail.com",
    "googlemail.co": "gmail.com",
    "yahoo.id": "yahoo.co.id",
    "yahoo.com.id": "yahoo.co.id",
    "yahoo.coid": "yahoo.co.id",
    "belajar.co.id": "belajar.id",
    "belajar.com": "belajar.id",
}
# No country or trade has these.
ENDINGS = {".con": ".com", ".vom": ".com", ".cpm": ".com", ".comm": ".com", ".go.idd": ".go.id", ".co.idd": ".co.id"}


def meant(email: str) -> str | None:
    """The address that was probably meant, or None when this one looks right."""
    local, at, domain = email.strip().lower().rpartition("@")
    if not at or domain in RIGHT:
        return None
    found = TABLE.get(domain) or next((known for known in KNOWN if _one_apart(domain, known)), None)
    if found is None:
        wrong = next((ending for ending in ENDINGS if domain.endswith(ending)), None)
        found = domain.removesuffix(wrong) + ENDINGS[wrong] if wrong is not None else None
    return f"{local}@{found}" if found is not None else None


def _one_apart(a: str, b: str) -> bool:
    """Whether one letter more, less, or other, or two neighbours exchanged, make the one the other."""
    same = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    x, y = a[same:], b[same:]
    return x[1:] == y or x == y[1:] or x[1:] == y[1:] or (x[:2] == y[1::-1] and x[2:] == y[2:])
