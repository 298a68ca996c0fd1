"""Who may do what with quotes."""

from __future__ import annotations

from calakan.feedback.models import Quote
from calakan.kernel.actor import Actor


def may_withdraw(actor: Actor, quote: Quote) -> bool:
    return actor.person_id == quote.person_id
