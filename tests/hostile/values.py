"""What people, programs and accidents put into fields. Each stands for its kind: more of a kind only costs time."""

from __future__ import annotations

EMPTY = ("", "  \t\n ")
TOO_LONG = ("x" * 5001, "kata " * 20_000)
CONTROL = ("a\x00b", "\x1b[31m", "Ani\r\nBcc: korban@example.org", "\x85")
# Where something is required, these are nothing.
UNSEEN = ("\u200b\u2060\ufeff", "\u3164", "\U000e0041")
# Direction marks, what is no character, what stands for a lost one.
MARKS = ("\u202egnalak", "\u2066Ani\u2069", "\ufffd", "\ufffe")
MARKUP = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea>' x='", "{{ 7*7 }}", "%(x)s %s %n")
FORMULAS = ("=cmd|' /C calc'!A0", "@SUM(A1)", "-2+3")
SEARCH = ("'; DROP TABLE person; --", "%", "\\", "../../etc/passwd")
NUMBERS = ("-1", "9" * 10, "9" * 40, "1.5", "NaN", "Infinity", "٣", "²", "1;2")
DATES = (
    "2027-02-31T10:00", "31/02/2027", "0000-01-01T00:00", "99999-01-01T00:00", "2027-01-01T25:00", "1999-12-31T23:59",
    "9999-12-31T23:59",
)  # fmt: skip
OTHERS = ("null", "😀" * 3, "a" + "\u0301" * 400)

FOR_TEXT = (*EMPTY, *TOO_LONG, *CONTROL, *UNSEEN, *MARKS, *MARKUP, *FORMULAS, *SEARCH, *OTHERS)
FOR_FEW = ("  ", "x" * 5001, "a\x00b", "\u202e1", "<script>alert(1)</script>", "null", *NUMBERS)
FOR_MOMENTS = (*FOR_FEW[:6], "9" * 40, *DATES)
# What the two databases answer differently.
FOR_THE_DATABASE = ("a\x00b", "x" * 5001, "9" * 40, "😀", "\\", "1")

# Broken encodings, as they stand in a body or an address.
RAW = (b"%ff%fe", b"%ed%a0%80", b"%", b"%00", b"\xff\xfe", b"%f8%88%80%80%80")
