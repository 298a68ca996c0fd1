"""Indonesian mobile numbers: typed in any usual way, stored in E.164 (ITU-T E.164; domain guide 1.4)."""

from __future__ import annotations

import re

from calakan.people.errors import PhoneInvalid


def check_phone(typed: str) -> str:
    """`0812 3456 7890` -> `+6281234567890`. Raises PhoneInvalid."""
    digits = re.sub(r"[\s().\-–]", "", typed)
    national = re.sub(r"^(?:(?:\+|00)?62)?0?", "", digits)
    if not re.fullmatch(r"8[0-9]{8,11}", national) or (digits == national and not digits.startswith("8")):
        raise PhoneInvalid()
    return f"+62{national}"


def chat_number(typed: str) -> str:
    """As channels write it: `0812 3456 7890` -> `6281234567890`. Raises PhoneInvalid."""
    return check_phone(typed).removeprefix("+")


def is_number(address: str) -> bool:
    """Whether a message to this address leaves by WhatsApp, and not by mail."""
    return address.isdecimal()


def shown_chat(number: str | None) -> str:
    """`6281234567890` -> `0812 3456 7890`."""
    return shown(f"+{number}") if number else ""


def shown_address(address: str) -> str:
    """An e-mail as it is, a number as people write it."""
    return shown_chat(address) if is_number(address) else address


def masked_address(address: str) -> str:
    """Enough to know one's own, or to tell two accounts apart: `s•••@gmail.com`, `0812 ••••789`."""
    if is_number(address):
        number = shown_chat(address)
        return f"{number[:4]} ••••{number[-3:]}"
    local, at, domain = address.partition("@")
    return f"{local[:1]}•••{at}{domain}" if at else ""


def shown(phone: str | None) -> str:
    """`+6281234567890` -> `0812 3456 7890`."""
    if not phone:
        return ""
    digits = "0" + phone.removeprefix("+62")
    return " ".join(filter(None, (digits[:4], digits[4:8], digits[8:])))
