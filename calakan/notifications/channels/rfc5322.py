"""A letter written out as RFC 5322. With the older classes of the standard library: the newer ones parse what they write.

Ten thousand reminders differ by a name and an address, so headers are set as they are, once they were looked at.
"""

from __future__ import annotations

import re
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache

from calakan.kernel import codes
from calakan.kernel.wording import phrase
from calakan.notifications.channels.interface import Parcel

LONGEST = 900  # octets of a line; 998 is the limit
_POLICY = compat32.clone(linesep="\r\n", max_line_length=LONGEST, mangle_from_=False)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP


def mail_of(parcel: Parcel, *, sender: str) -> bytes:
    """The whole mail; the Message-ID says which row it is, so a repeat is recognisable.

    `unsubscribe` is the address of RFC 8058's one click, and stands below the text too. Raises ValueError for names,
    subjects and addresses that would write headers or cannot stand in one.
    """
    letter, text = parcel.letter, parcel.letter.text
    if parcel.unsubscribe:
        text += f"\n{phrase('notifications.unsubscribe', address=parcel.unsubscribe)}\n"
    plain = text.isascii() and all(len(line) <= LONGEST for line in text.split("\n"))
    mail: Message = MIMEText(text, "plain", "us-ascii" if plain else _UTF8)  # type: ignore[arg-type]  # a Charset is taken too
    if letter.attachments:
        parts = [
            _part(item.name, item.content, item.maintype, item.subtype, tuple(item.parameters.items()))
            for item in letter.attachments
        ]
        mail = MIMEMultipart("mixed", _subparts=[mail, *parts])
    for name, value in _headers(parcel, sender):
        mail[name] = value  # type: ignore[assignment]  # the older classes take encoded headers too
    return mail.as_bytes(policy=_POLICY)


def _headers(parcel: Parcel, sender: str) -> list[tuple[str, str | Header]]:
    subject = _one_line(parcel.letter.subject)
    found: list[tuple[str, str | Header]] = [
        ("Subject", subject if subject.isascii() else Header(subject, "utf-8")),
        ("From", _address(*parseaddr(sender))),
        ("To", _address(parcel.name, parcel.address)),
        ("Date", format_datetime(parcel.at)),
        ("Message-ID", f"<{parcel.mark or codes.hashed(parcel.key)[:32]}@{_domain(sender)}>"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", "id"),
    ]
    if parcel.request_id:
        found.append(("X-Request-ID", _one_line(parcel.request_id)))
    if parcel.unsubscribe:
        found.append(("List-Unsubscribe", f"<{_one_line(parcel.unsubscribe)}>"))
        found.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return found


def _address(name: str, address: str) -> str:
    """Names are encoded where they must be; an address that is not ASCII is refused."""
    return formataddr((_one_line(name), _one_line(address)))


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("a newline or another control character in a header")
    return text


@lru_cache(maxsize=4)
def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


@lru_cache(maxsize=32)
def _part(name: str, content: bytes, maintype: str, subtype: str, parameters: tuple[tuple[str, str], ...]) -> MIMEBase:
    """Reminders of one session share their calendar, so it is encoded once. Read only: it hangs in many mails."""
    part = MIMEBase(maintype, subtype, **dict(parameters))  # type: ignore[arg-type]  # parameters of the type
    part.set_payload(content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    del part["MIME-Version"]  # the mail's own says it
    return part
