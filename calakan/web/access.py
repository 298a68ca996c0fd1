"""The kinds of lines in the policy table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from calakan.kernel.actor import Actor, Role


def itself(thing: Any) -> Any:
    return thing


def nothing(thing: Any) -> None:
    """Of people who have no part in the thing."""


@dataclass(frozen=True)
class Access:
    """`allows(actor, subject)`; `subject` loads the thing from the address; `hidden` answers 404 instead of 403."""

    allows: Callable[[Actor | None, Any], bool]
    subject: Callable[..., Any] | None = None
    anonymous: bool = False
    hidden: bool = False
    # The signed link in the address, or a provider's signature, is the whole proof and cookies say nothing: what a mail
    # program or a provider posts has no form of ours before it (RFC 8058).
    by_link: bool = False
    # Its form stands on a page that is kept for all strangers, so it carries no token: the browser says where it stood.
    kept_page: bool = False
    # So dangerous that whoever does it must have said who he is a moment ago.
    proven: bool = False
    # What the trail says of whoever saw or took the data of others here; empty: nothing.
    noted: str = ""
    # Pages that are opened often: one line a day for each person and thing.
    noted_daily: bool = False
    # What the line is about, by the thing of the address; None: the page, as for lists of everybody.
    noted_of: Callable[[Any], Any] = itself
    # Equal for everybody, and needed while the database is away: nobody is asked who he is.
    for_machines: bool = False
    # It sends its visitors to another site, where no form may lead (`web.onward`).
    leaves: bool = False


def link() -> Access:
    """Whoever holds the link."""
    return Access(lambda actor, subject: True, anonymous=True, by_link=True)


def public(on: Callable[..., Any] | None = None) -> Access:
    return Access(lambda actor, subject: True, on, anonymous=True)


def for_machines() -> Access:
    """What operators' probes and browsers by themselves ask for: no cookie is read, no log-in looked up."""
    return Access(lambda actor, subject: True, anonymous=True, for_machines=True)


def signed_in(on: Callable[..., Any] | None = None) -> Access:
    return Access(lambda actor, subject: actor is not None, on)


def role(*roles: Role, on: Callable[..., Any] | None = None) -> Access:
    return Access(lambda actor, subject: actor is not None and actor.acts_as(*roles), on)


def proven(access: Access) -> Access:
    """The same, of somebody who has just typed the password, and the code where there is one."""
    return replace(access, proven=True)


def leaving(access: Access) -> Access:
    """The same, of an address that leads out of the site."""
    return replace(access, leaves=True)


def from_kept_page(access: Access) -> Access:
    """The same, of a form without a token."""
    return replace(access, kept_page=True)


def noted(access: Access, act: str, *, daily: bool = False, of: Callable[[Any], Any] = itself) -> Access:
    """The same, with a line on the trail for each answer, or the first of a day: people's data, or a key, were seen."""
    return replace(access, noted=act, noted_daily=daily, noted_of=of)


def allow(
    rule: Callable[..., bool], on: Callable[..., Any] | None = None, *, anonymous: bool = False, hidden: bool = False
) -> Access:
    """By a room's rule; an anonymous actor reaches the rule only where `anonymous` is set."""

    def allows(actor: Actor | None, subject: Any) -> bool:
        if actor is None and not anonymous:
            return False
        return rule(actor, subject)

    return Access(allows, on, anonymous=anonymous, hidden=hidden)
