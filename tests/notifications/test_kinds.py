"""What is known of a kind of letter comes from its room alone; nothing is taken for granted."""

from __future__ import annotations

import pytest
from flask import Flask

from calakan import wiring
from calakan.kernel import clock
from calakan.notifications import services
from calakan.notifications.letters import LetterKind
from calakan.notifications.priorities import Priority


def test_a_letter_that_no_room_lists_is_not_queued(app: Flask) -> None:
    with pytest.raises(LookupError, match="no room lists"):
        services.queue("test.unheard_of", key="k", person_id=1, address="a@b.id", now=clock.now())


def test_a_kind_says_its_priority_and_its_topic() -> None:
    with pytest.raises(TypeError):
        LetterKind("test.letter", lambda message, now: None, priority=Priority.USUAL)
    with pytest.raises(TypeError):
        LetterKind("test.letter", lambda message, now: None, topic=None)


def test_secrets_of_an_account_go_to_the_mailbox_alone() -> None:
    kinds = [kind for kind in wiring.LETTERS if kind.name.startswith("people.")]
    assert kinds
    assert [kind.name for kind in kinds if not kind.mail_only] == []


def test_what_may_be_silenced_never_goes_before_what_was_called_off() -> None:
    assert [kind.name for kind in wiring.LETTERS if kind.topic and kind.priority <= Priority.CALLED_OFF] == []
