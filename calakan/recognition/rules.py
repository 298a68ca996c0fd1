"""Who reads a letter of assignment."""

from __future__ import annotations

from calakan.diklat import queries as diklat
from calakan.kernel.actor import Actor
from calakan.recognition.models import AssignmentLetter


def may_read(actor: Actor, letter: AssignmentLetter) -> bool:
    own = actor.limited and letter.diklat_id in diklat.own_committees(actor)
    return actor.is_committee or own or actor.person_id == letter.person_id
