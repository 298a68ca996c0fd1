"""Papers that came this week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from calakan.certificates import queries
from calakan.certificates.outside import services as outside
from calakan.kernel import formats
from calakan.kernel.actor import Actor
from calakan.kernel.cards import Card, Way, When


def cards(actor: Actor, now: datetime) -> Iterator[Card]:
    if actor.person_id is None:
        return
    if outside.may_wait(actor) and (waits := outside.count(actor)):
        yield Card(
            when=When.WAITING,
            title=f"{formats.number(waits)} JP dari luar Dinas menunggu disahkan",
            note="Dikirim guru bersama sertifikatnya.",
            icon="file-text",
            ways=(Way("Periksa", "outside.waiting"),),
        )
    for paper in queries.of_person(actor.person_id):
        if paper.issued_at is not None and paper.issued_at > now - timedelta(days=7):
            yield Card(
                when=When.WEEK,
                title="Sertifikat terbit",
                note=paper.facts["event"]["title"],
                icon="award",
                at=paper.issued_at,
                ways=(
                    Way("Unduh", "certificates.download", {"code": paper.code}),
                    Way("Buka", "certificates.mine", {"code": paper.code}),
                ),
            )
