"""The mails of this room, composed when they are sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from calakan.notifications.letters import HIDDEN, HIDDEN_CODE, Letter, LetterKind, link, render
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority
from calakan.notifications.ways import Way
from calakan.people import queries
from calakan.people.models import MailCode, Purpose
from calakan.people.services import accounts, addresses, mail_codes, telling


def confirm_email(message: Message, now: datetime) -> Letter | None:
    return _with_link(message, Purpose.CONFIRM_EMAIL, "people/mail/confirm_email.txt", "/akun/konfirmasi/")


def _with_link(message: Message, purpose: Purpose, template: str, path: str) -> Letter | None:
    """The link is made when the mail is handed over; older ones of its purpose end then."""
    if not accounts.may_be_mailed(message.person_id, message.address, purpose):
        return None
    # An unproven name was typed by anybody, for anybody's mailbox.
    return render(
        template,
        name=message.facts["name"] if purpose is not Purpose.CONFIRM_EMAIL else "",
        address=link(path + HIDDEN),
        secret=partial(accounts.mailed_link, message.person_id, purpose),
    )


def already_registered(message: Message, now: datetime) -> Letter:
    return render("people/mail/already_registered.txt", name=message.facts["name"])


def reset_password(message: Message, now: datetime) -> Letter | None:
    return _with_link(message, Purpose.RESET_PASSWORD, "people/mail/reset_password.txt", "/akun/sandi-baru/")


def mail_code(message: Message, now: datetime) -> Letter | None:
    row = mail_codes.to_be_mailed(message.subject_id)
    if row is None:
        return None
    owner = queries.by_address(row.address)
    if row.wanted.of_account and owner is not None and owner.id != row.person_id:
        return render("people/mail/address_taken.txt")
    if message.channel is Way.WHATSAPP:
        return _chat_code(row)
    return render(
        "people/mail/new_address.txt" if row.wanted.of_account else "people/mail/mail_code.txt",
        code=HIDDEN_CODE,
        address=link(f"/masuk/tautan/{HIDDEN}"),
        title=row.typed.get("title", ""),
        minutes=int(mail_codes.LIFETIME.total_seconds() // 60),
        secret=partial(mail_codes.mailed_pair, row.id),
    )


def _chat_code(row: MailCode) -> Letter:
    """Where so many codes were wrong that only the link counts, it is no message of a code: those can show nothing else."""
    letter = render(
        "people/mail/number_code.txt",
        code=HIDDEN_CODE,
        address=link(f"/masuk/tautan/{HIDDEN}"),
        title=row.typed.get("title", ""),
        minutes=int(mail_codes.LIFETIME.total_seconds() // 60),
        secret=partial(mail_codes.mailed_pair, row.id),
    )
    return replace(letter, code=HIDDEN_CODE if mail_codes.codes_count(row) else "", short=letter.text.strip())


def email_changed(message: Message, now: datetime) -> Letter:
    """To the address before; its link gives the account back."""
    at = datetime.fromisoformat(message.facts["at"])
    return render(
        "people/mail/email_changed.txt",
        name=message.facts["name"],
        at=at,
        address=link(f"/akun/email/keberatan/{HIDDEN}"),
        secret=partial(addresses.objection, message.person_id, message.address, at),
    )


def second_factor(message: Message, now: datetime) -> Letter:
    return render(
        "people/mail/second_factor.txt",
        name=message.facts["name"],
        what=message.facts["what"],
        at=datetime.fromisoformat(message.facts["at"]),
    )


def way_in(message: Message, now: datetime) -> Letter:
    facts = {**message.facts, "at": datetime.fromisoformat(message.facts["at"])}
    return render("people/mail/way_in.txt", **facts)


LETTERS = [
    LetterKind("people.confirm_email", confirm_email, priority=Priority.AT_ONCE, topic=None, mail_only=True),
    LetterKind("people.already_registered", already_registered, priority=Priority.USUAL, topic=None, mail_only=True),
    LetterKind(addresses.CHANGED, email_changed, priority=Priority.AT_ONCE, topic=None, mail_only=True),
    LetterKind("people.mail_code", mail_code, priority=Priority.AT_ONCE, topic=None, mail_only=True),
    LetterKind("people.reset_password", reset_password, priority=Priority.AT_ONCE, topic=None, mail_only=True),
    LetterKind("people.second_factor", second_factor, priority=Priority.AT_ONCE, topic=None, mail_only=True),
    LetterKind(telling.WAY_IN, way_in, priority=Priority.AT_ONCE, topic=None, mail_only=True),
]
