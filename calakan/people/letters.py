"""The mails of this room, composed when they are sent."""

from __future__ import annotations

from datetime import datetime

from calakan.notifications.letters import Letter, link, render
from calakan.notifications.models import Message


def confirm_email(message: Message, now: datetime) -> Letter:
    return render(
        "people/mail/confirm_email.txt",
        name=message.facts["name"],
        address=link(f"/akun/konfirmasi/{message.facts['secret']}"),
    )


def already_registered(message: Message, now: datetime) -> Letter:
    return render("people/mail/already_registered.txt", name=message.facts["name"])


def reset_password(message: Message, now: datetime) -> Letter:
    return render(
        "people/mail/reset_password.txt",
        name=message.facts["name"],
        address=link(f"/akun/sandi-baru/{message.facts['secret']}"),
    )


def second_factor(message: Message, now: datetime) -> Letter:
    return render(
        "people/mail/second_factor.txt",
        name=message.facts["name"],
        what=message.facts["what"],
        at=datetime.fromisoformat(message.facts["at"]),
    )


LETTERS = {
    "people.confirm_email": confirm_email,
    "people.already_registered": already_registered,
    "people.reset_password": reset_password,
    "people.second_factor": second_factor,
}
