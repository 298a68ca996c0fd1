"""The letter of this room."""

from __future__ import annotations

from calakan.completion import reminding
from calakan.notifications.letters import LetterKind
from calakan.notifications.priorities import Priority
from calakan.notifications.topics import Topic

LETTERS = [LetterKind(reminding.KIND, reminding.letter, priority=Priority.ROUND, topic=Topic.REMINDERS)]
