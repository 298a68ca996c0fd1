"""Addresses of mail, wherever they come from: typed, in a file, told by an issuer."""

from __future__ import annotations

LONGEST = 254  # RFC 5321 4.5.3.1.3, without the angle brackets


def checked(typed: str) -> str | None:
    """As it is kept, in lower case; None where it is no address.

    What is too long for one is not read: the library goes through it sign by sign.
    """
    if len(typed) > LONGEST:
        return None
    from email_validator import EmailNotValidError, validate_email  # heavy: only when an address is checked

    try:
        return validate_email(typed, check_deliverability=False, allow_smtputf8=False).normalized.lower()
    except EmailNotValidError:
        return None
