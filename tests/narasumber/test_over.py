"""What is over or called off: nobody takes a place in it, and nobody is noted as missing from it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from calakan.diklat.services import sessions
from calakan.kernel import clock
from calakan.narasumber import queries, services
from calakan.narasumber.errors import CheckInTooEarly, SlotClosed
from calakan.narasumber.rules import ROOM_OPENS
from tests import factories
from tests.narasumber.acting import AS, SECOND, SYSTEM, act, of, raise_hand, refused, row, times


@pytest.mark.parametrize("how", ["over", "called off"])
def test_an_offer_a_no_and_a_call_for_help_come_too_late(app: Flask, how: str) -> None:
    id, standing, offering = factories.slot(), factories.volunteer("Ani").id, factories.volunteer("Budi").id
    act(services.appoint, id, standing, agreed=True, actor=SYSTEM)
    now: datetime = times(id)[1]
    other = factories.slot("Lain", days=12)
    raise_hand(other, offering)
    if how == "called off":
        now = clock.now()
        for each in (id, other):
            act(sessions.cancel, each, reason="sakit", actor=SYSTEM)
    late = now if how == "called off" else times(other)[1]
    refused(SlotClosed, services.answer_offer, row(other, offering).id, accept=True, actor=SYSTEM, now=late)
    act(services.answer_offer, row(other, offering).id, accept=False, actor=SYSTEM, now=late)  # a no is still told
    refused(SlotClosed, services.step_back, id, reason="x", actor=of(standing), now=now)
    refused(SlotClosed, services.ask_substitute, id, reason="x", actor=SYSTEM, now=now)
    refused(SlotClosed, services.check_in, id, standing, actor=of(standing), now=now)
    assert (row(id, standing).state, row(other, offering).state) == (AS.CONFIRMED, AS.DECLINED)
    assert queries.notes_on(standing) == []


def test_nobody_is_missing_before_the_room_is_open(app: Flask) -> None:
    id, standing = factories.slot(), factories.volunteer("Ani").id
    act(services.appoint, id, standing, agreed=True, actor=SYSTEM)
    opens = times(id)[0] - ROOM_OPENS
    refused(CheckInTooEarly, services.ask_substitute, id, reason="x", actor=SYSTEM, now=opens - SECOND)
    act(services.ask_substitute, id, reason="x", actor=SYSTEM, now=opens)
    assert row(id, standing).state is AS.MISSED
