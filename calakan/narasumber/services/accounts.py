"""Meeting accounts: the licences that host online sessions."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat.services.sessions import refuse_unsafe_link
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.narasumber.errors import AccountTaken
from calakan.narasumber.models import MeetingAccount


def add_account(name: str, room_url: str, *, actor: Actor, now: datetime) -> MeetingAccount:
    """Raises AccountTaken, RoomLinkInvalid."""
    name = " ".join(name.split())
    refuse_unsafe_link(room_url)
    if db.session().scalar(sa.select(MeetingAccount.id).where(MeetingAccount.name == name)) is not None:
        raise AccountTaken()
    account = MeetingAccount(name=name, room_url=room_url, active=True)
    db.session().add(account)
    db.session().flush()
    audit.record("narasumber.add_account", account, actor=actor, now=now)
    return account


def switch_account(account_id: int, *, active: bool, actor: Actor, now: datetime) -> MeetingAccount:
    """Offer it for sessions, or no longer. Raises NotFound."""
    account = db.session().get(MeetingAccount, account_id)
    if account is None:
        raise NotFound()
    account.active = active
    audit.record("narasumber.switch_account", account, actor=actor, now=now, active=active)
    return account
