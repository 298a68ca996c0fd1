"""Questionnaires of the week that may be answered; where a certificate asks for them, `completion` tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from calakan.diklat.models import Diklat
from calakan.feedback import queries, survey_queries
from calakan.kernel.actor import Actor
from calakan.kernel.cards import Card, Way, When

WEEK = timedelta(days=7)


def cards(actor: Actor, now: datetime) -> Iterator[Card]:
    if actor.person_id is None:
        return
    held = queries.open_everywhere(actor.person_id, now=now)
    found: Counter[Diklat] = Counter(session.diklat for session in held if session.ends_at > now - WEEK)
    for diklat, count in found.items():
        if not diklat.questionnaire:
            yield Card(
                when=When.WEEK,
                title=f"Angket {diklat.title}",
                note=f"{count} sesi, kurang dari satu menit, tanpa nama.",
                icon="message-circle",
                ways=(Way("Isi angket", "feedback.answer", {"slug": diklat.slug}),),
            )
    for survey in survey_queries.open_everywhere(actor.person_id, now=now):
        if not survey.diklat.questionnaire:
            yield Card(
                when=When.WEEK,
                title=f"Angket diklat {survey.diklat.title}",
                note="Sembilan pilihan, dua menit, tanpa nama.",
                icon="message-circle",
                ways=(Way("Isi angket", "feedback.answer_survey", {"slug": survey.diklat.slug}),),
            )
