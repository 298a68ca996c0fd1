"""Checking a paper, one's own papers, and the batch of a diklat."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from calakan.api import door
from calakan.api.door import Operation, Reply
from calakan.api.schema import DAY, INSTANT, LINK, TEXT, WHOLE, YES_NO, many, maybe, obj, one_of
from calakan.certificates import eligibility, queries, services
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.completion import groups
from calakan.completion.standing import Lack
from calakan.diklat.models import Diklat
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.web import gate

MOST_LACKING = 10_000
PAPER = obj(
    code=TEXT, number=TEXT, revision=WHOLE, status=one_of(Status), status_reason=TEXT, status_at=maybe(INSTANT),
    replaced_by=maybe(TEXT), name=TEXT, workplace=TEXT, role=one_of(CertificateRole), event=TEXT, dates=many(DAY),
    jp=WHOLE, issued_at=maybe(INSTANT), specimen=YES_NO, url=LINK,
)  # fmt: skip
OWN = obj(items=many(obj(**PAPER["properties"], pdf=LINK)))
WORK = obj(**{state.value: WHOLE for state in WorkState})
PLAN = obj(
    eligible=WHOLE,
    by_role=obj(**{role.value: WHOLE for role in CertificateRole}),
    lacking=many(obj(code=TEXT, name=TEXT, lacking_jp=WHOLE, lacks=many(one_of(Lack)))),
)
BATCH = obj(work=WORK, total=WHOLE, revoked=WHOLE)
REQUESTED = obj(new=WHOLE, **BATCH["properties"])


def _paper(paper: Certificate, newer: Certificate | None = None) -> dict[str, Any]:
    """What a check shows: no NIP, no contacts."""
    event = paper.facts["event"]
    return {
        "code": paper.code,
        "number": paper.number,
        "revision": paper.revision,
        "status": paper.status.value,
        "status_reason": paper.status_reason,
        "status_at": door.instant(paper.status_at),
        "replaced_by": newer.code if newer is not None else None,
        "name": paper.facts["name"],
        "workplace": paper.facts["workplace"],
        "role": paper.role.value,
        "event": event["title"],
        "dates": event["dates"],
        "jp": paper.jp,
        "issued_at": door.instant(paper.issued_at),
        "specimen": bool(event.get("specimen")),
        "url": door.address(url_for("certificates.shown", code=paper.code)),
    }


def check(code: str) -> Response:
    paper = gate.subject(Certificate)
    return door.answer(_paper(paper, queries.newest_revision(paper) if paper.status is Status.REPLACED else None))


def mine() -> Response:
    papers = queries.of_person(door.me())
    return door.answer(
        {
            "items": [
                {**_paper(row), "pdf": door.address(url_for("certificates.download", code=row.code))} for row in papers
            ]
        }
    )


def plan(slug: str) -> Response:
    """Who would get a paper now; changes nothing."""
    found = eligibility.dry_run(gate.subject(Diklat), now=clock.now())
    return door.answer(
        {
            "eligible": len(found.eligible),
            "by_role": {role.value: sum(1 for _, r in found.eligible if r is role) for role in CertificateRole},
            "lacking": [
                {
                    "code": person.code,
                    "name": person.printed_name,
                    "lacking_jp": found.lacking[person.id].progress.lacking_jp,
                    "lacks": [lack.value for lack in found.lacking[person.id].lacks],
                }
                for person in db.session().scalars(groups.people_of(list(found.lacking)).limit(MOST_LACKING))
            ],
        }
    )


def _batch(diklat_id: int) -> dict[str, Any]:
    work = queries.work(diklat_id)
    return {
        "work": {state.value: count for state, count in work.items()},
        "total": sum(work.values()),
        "revoked": queries.revoked_count(diklat_id),
    }


def batch(slug: str) -> Response:
    return door.answer(_batch(gate.subject(Diklat).id))


def request_batch(slug: str) -> Response:
    id, actor = gate.subject(Diklat).id, gate.actor()

    def work() -> Reply:
        new = services.request_for(id, actor=actor, now=clock.now())
        return Reply({"new": new, **_batch(id)}, 202)

    return door.write(work)


OPERATIONS = [
    Operation(
        method="GET", path="/certificates/{code}", name="check_certificate", view=check, summary="Periksa sertifikat",
        about="Kode pada QR. Tanpa NIP dan kontak.", public=True, answers={200: PAPER}, refusals=(404,),
    ),
    Operation(
        method="GET", path="/me/certificates", name="my_certificates", view=mine, summary="Sertifikat sendiri",
        about="Yang masih berlaku, yang terbaru lebih dulu.", answers={200: OWN},
    ),
    Operation(
        method="GET", path="/diklat/{slug}/certificates/plan", name="certificate_plan", view=plan,
        summary="Siapa yang akan mendapat sertifikat", about="Hitungan saat ini; tidak mengubah apa pun.",
        answers={200: PLAN}, refusals=(404,),
    ),
    Operation(
        method="GET", path="/diklat/{slug}/certificates", name="certificate_batch", view=batch,
        summary="Sejauh mana penerbitan", answers={200: BATCH}, refusals=(404,),
    ),
    Operation(
        method="POST", path="/diklat/{slug}/certificates", name="request_certificates", view=request_batch,
        summary="Terbitkan sertifikat", about="Bagi semua yang memenuhi syarat pada diklat yang sudah ditutup; diulang: "
        "hanya yang belum punya.", answers={202: REQUESTED}, refusals=(404, 409),
    ),
]  # fmt: skip
