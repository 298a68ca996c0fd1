"""Writes of this room, one file per use case."""

from calakan.narasumber.services.accounts import add_account, switch_account
from calakan.narasumber.services.clashes import veto_clashes
from calakan.narasumber.services.invitations import answer, ask, invite
from calakan.narasumber.services.outside import invite_outside
from calakan.narasumber.services.presence import arrived, begin_anew, check_in, step_back
from calakan.narasumber.services.relay import ask_substitute, pass_on, resume_relay, stop_relay
from calakan.narasumber.services.scheduling import Needs, confirm, reschedule, schedule, set_needs
from calakan.narasumber.services.slots import answer_offer, appoint, dismiss, volunteer_for, withdraw
from calakan.narasumber.services.volunteers import Offer, decide, offer_to_speak, publish, remark

__all__ = [
    "Needs",
    "Offer",
    "add_account",
    "answer",
    "answer_offer",
    "appoint",
    "arrived",
    "ask",
    "ask_substitute",
    "begin_anew",
    "check_in",
    "confirm",
    "decide",
    "dismiss",
    "invite",
    "invite_outside",
    "offer_to_speak",
    "pass_on",
    "publish",
    "remark",
    "reschedule",
    "resume_relay",
    "schedule",
    "set_needs",
    "step_back",
    "stop_relay",
    "switch_account",
    "veto_clashes",
    "volunteer_for",
    "withdraw",
]
