"""Writes of this room, one file per use case."""

from calakan.narasumber.services.clashes import clash_error, ids_with_clash
from calakan.narasumber.services.scheduling import confirm, reschedule, schedule
from calakan.narasumber.services.slots import answer_offer, volunteer_for, withdraw
from calakan.narasumber.services.volunteers import Offer, decide, offer_to_speak

__all__ = [
    "Offer",
    "answer_offer",
    "clash_error",
    "confirm",
    "decide",
    "ids_with_clash",
    "offer_to_speak",
    "reschedule",
    "schedule",
    "volunteer_for",
    "withdraw",
]
