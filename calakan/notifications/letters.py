"""How a message becomes words. Each room lists its kinds of letters in `letters.py`, with all that must be known of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from textwrap import shorten
from typing import Any

import jinja2

from calakan.kernel import clock, formats
from calakan.kernel.wording import phrase
from calakan.notifications.models import LONGEST_SUBJECT, Message
from calakan.notifications.priorities import Priority
from calakan.notifications.topics import Topic
from calakan.office.house import house

ROOMS = Path(__file__).resolve().parent.parent
MOST_SHORT = 600
# Stand where a secret, and the short code beside it, will be, in all that is stored or shown.
HIDDEN, HIDDEN_CODE = "••••••••", "●●●●●●"


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    maintype: str
    subtype: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    attachments: list[Attachment] = field(default_factory=list)
    code: str = ""  # the one-time code in it, for channels that show codes in a way of their own
    short: str = ""  # for chats; empty: made of the subject, the first paragraph and the first address of the site
    # Makes what takes the place of HIDDEN and, after a blank, of HIDDEN_CODE; called in the transaction that commits the
    # hand-over.
    secret: Callable[[datetime], str] | None = None

    def told(self, secret: str) -> Letter:
        """The letter with its secret in it, for a channel's hands alone: it is never stored."""

        def filled(part: str) -> str:
            for hidden, told in zip((HIDDEN, HIDDEN_CODE), secret.split(" "), strict=False):
                part = part.replace(hidden, told)
            return part

        subject, text, code, short = map(filled, (self.subject, self.text, self.code, self.short))
        return replace(self, subject=subject, text=text, code=code, short=short, secret=None)


# A composer looks at the data as they are now and returns None when the message is no longer wanted.
Composer = Callable[[Message, datetime], Letter | None]


@dataclass(frozen=True)
class LetterKind:
    """`topic` is what a person may silence; None: it always arrives.

    `mail_only`: one-time secrets and letters about the account itself prove who reads the mailbox.
    """

    name: str
    compose: Composer
    _: KW_ONLY
    priority: Priority
    topic: Topic | None
    mail_only: bool = False


_kinds: dict[str, LetterKind] = {}
_base_url = ""
_sender = ""


def connect(kinds: Iterable[LetterKind], *, base_url: str, sender: str) -> None:
    """Called once, from `calakan.app`."""
    global _base_url, _sender
    _kinds.clear()
    _kinds.update({kind.name: kind for kind in kinds})
    _base_url, _sender = base_url, parseaddr(sender)[1]


def kind_of(name: str) -> LetterKind:
    """Raises LookupError for a kind that no room lists."""
    if name not in _kinds:
        raise LookupError(f"no room lists letters of the kind {name!r} in its letters.py")
    return _kinds[name]


def compose(message: Message, now: datetime) -> Letter | None:
    """Raises LookupError for a kind that no room lists."""
    letter = kind_of(message.kind).compose(message, now)
    return None if letter is None else _with_contact(letter)


def _with_contact(letter: Letter) -> Letter:
    """Each letter ends with whom to ask, below its greeting; what goes into chats stays short."""
    text = letter.text.rstrip()
    joint = "\n" if text.rpartition("\n\n")[2].startswith(("Salam", "Terima kasih")) else "\n\n"
    return replace(letter, text=f"{text}{joint}{phrase('notifications.contact', contact=house().contact)}\n")


def link(path: str) -> str:
    """An absolute address of the site."""
    return _base_url + path


def masked(text: str) -> str:
    """What a server or a returned mail says, without what may be a secret of a letter that it quotes."""
    return re.sub(r"[\w-]{32,}", HIDDEN, text)


def short_of(letter: Letter) -> str:
    """The letter in a few sentences, for channels on which nobody reads a long one."""
    if letter.short:
        return letter.short
    first, address = first_paragraph(letter), site_link(letter)
    last = address if address not in first else ""
    return "\n\n".join(part for part in (letter.subject, first[:MOST_SHORT], last) if part)


def first_paragraph(letter: Letter) -> str:
    """Without the salutation."""
    paragraphs = [part.strip() for part in letter.text.split("\n\n")]
    return next((part for part in paragraphs if part and not part.startswith("Yth.")), "")


def site_link(letter: Letter) -> str:
    """The first address of the site that the letter names; empty for none."""
    found = re.search(rf"{re.escape(_base_url)}/\S*", letter.text)
    return found[0] if found is not None else ""


def sender() -> str:
    """The address that every mail comes from."""
    return _sender


def _environment() -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(sorted(ROOMS.glob("*/templates"))),
        autoescape=False,  # noqa: S701  # plain text mails
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    env.filters.update(
        day=formats.day, moment=formats.moment, span=formats.span, clock_time=formats.clock_time, number=formats.number
    )
    env.globals.update(link=link, house=house, zone=clock.abbreviation)
    return env


_env = _environment()


def render(
    template: str,
    *,
    attachments: list[Attachment] | None = None,
    secret: Callable[[datetime], str] | None = None,
    **facts: Any,
) -> Letter:
    """A letter from a text template whose first line is `Subjek: …`."""
    text = _env.get_template(template).render(**facts)
    head, _, body = text.partition("\n")
    subject = shorten(head.removeprefix("Subjek:"), LONGEST_SUBJECT, placeholder=" …")
    return Letter(subject=subject, text=body.strip() + "\n", attachments=attachments or [], secret=secret)
