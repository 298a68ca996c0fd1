"""Who reads a letter of assignment. Pure predicates."""

from __future__ import annotations

from calakan.kernel.actor import Actor
from calakan.recognition.models import AssignmentLetter


def may_read(actor: Actor, letter: AssignmentLetter) -> bool:
    return actor.is_committee or actor.person_id == letter.person_id
