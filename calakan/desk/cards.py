"""What the panitia have to decide, and what those see who look after a school, a kecamatan or the office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calakan.desk import dashboards
from calakan.desk.waiting import Waiting, waiting
from calakan.diklat import queries as diklat
from calakan.kernel import clock, formats
from calakan.kernel.actor import Actor, Role
from calakan.kernel.cards import Card, Way, When
from calakan.reports import rules


def cards(actor: Actor, now: datetime) -> Iterator[Card]:
    if actor.has_desk or actor.has(Role.NARASUMBER):
        yield from _prepared(actor, now)
        found = waiting(actor, now=now)
        yield from _sessions(found)
        if actor.is_committee:
            yield from _counted(found)
            yield from _papers(found)
    elif rules.may_report(actor):
        yield from _figures(actor, now)


def _prepared(actor: Actor, now: datetime) -> Iterator[Card]:
    desk = diklat.desk(actor, now=now)
    for row in desk.proposals:
        yield Card(
            when=When.WAITING if actor.has_desk else When.WEEK,
            title=f"Usulan: {row.title}",
            note="Menunggu keputusan panitia.",
            icon="book-open",
            at=row.starts_at,
            ways=(Way("Periksa" if actor.has_desk else "Lihat", "diklat_manage.sessions", {"slug": row.slug}),),
        )
    for row in desk.to_close if actor.has_desk else ():
        yield Card(
            when=When.WAITING,
            title=f"Tutup diklat: {row.title}",
            note=f"Sesi terakhir {formats.moment(row.ends_at)}." if row.ends_at else "",
            icon="award",
            at=row.ends_at,
            ways=(Way("Periksa dan tutup", "completion.close", {"slug": row.slug}),),
        )


def _sessions(found: Waiting) -> Iterator[Card]:
    for session in found.unlinked:
        parts = {"slug": session.diklat.slug, "number": session.number}
        yield Card(
            when=When.WAITING,
            title=f"Tautan ruang belum ada: {session.diklat.title}",
            note=f"{session.title} · {formats.span(session.starts_at, session.ends_at)}",
            icon="video",
            at=session.starts_at,
            ways=(Way("Isi", "diklat_manage.session_edit", parts),),
        )
    for session in found.offered:
        parts = {"slug": session.diklat.slug, "number": session.number}
        yield Card(
            when=When.WAITING,
            title=f"Ada yang menawarkan diri: {session.diklat.title}",
            note=session.title,
            icon="user",
            at=session.starts_at,
            ways=(Way("Jawab", "narasumber_manage.speakers", parts),),
        )
    for row in found.closing:
        yield Card(
            when=When.WEEK,
            title=f"Pendaftaran segera ditutup: {row.title}",
            note=formats.moment(row.enrol_closes_at) if row.enrol_closes_at else "",
            icon="clock",
            at=row.enrol_closes_at,
            ways=(Way("Lihat", "diklat_manage.sessions", {"slug": row.slug}),),
        )


def _counted(found: Waiting) -> Iterator[Card]:
    counts = found.counts
    told: list[tuple[int, str, str, str, dict[str, object]]] = [
        (counts.erasures, "permintaan hapus data, dijawab dalam 3 × 24 jam", "Jawab", "people_manage.people", {}),
        (counts.corrections, "permintaan koreksi nama", "Periksa", "certificates_manage.corrections_asked", {}),
        (counts.volunteers, "calon narasumber", "Putuskan", "narasumber.volunteers", {"status": "applied"}),
        (counts.failed, "pesan gagal", "Lihat", "notifications.outbox", {"status": "failed"}),
        (counts.uncertain, "pesan mungkin tidak sampai", "Lihat", "notifications.outbox", {"status": "uncertain"}),
        (counts.resting, "kanal pesan berhenti", "Lihat", "notifications.outbox", {}),
        (counts.exports, "berkas ekspor siap", "Unduh", "exports.board", {}),
    ]
    for count, what, text, endpoint, values in told:
        if count:
            title = f"{formats.number(count)} {what}"
            yield Card(when=When.WAITING, title=title, icon="info", ways=(Way(text, endpoint, values),))


def _papers(found: Waiting) -> Iterator[Card]:
    for row, failed, signing in found.papers:
        said = [
            f"{formats.number(failed)} gagal dibuat" if failed else "",
            f"{formats.number(signing)} menunggu tanda tangan" if signing else "",
        ]
        yield Card(
            when=When.WAITING,
            title=f"Sertifikat belum terbit: {row.title}",
            note=", ".join(filter(None, said)),
            icon="badge-check",
            ways=(Way("Buka", "certificates_manage.board", {"slug": row.slug}),),
        )


def _figures(actor: Actor, now: datetime) -> Iterator[Card]:
    own = not actor.has(Role.PIMPINAN)
    found = dashboards.dashboard(today=clock.local(now).date(), visible_to=actor, own_people=own)
    if found.missing_count:
        yield Card(
            when=When.WAITING,
            title=f"{formats.number(found.missing_count)} dari {formats.number(found.known)} binaan belum ikut tahun ini",
            icon="users",
            ways=(Way("Lihat siapa", "desk.scope"),),
        )
    grown = f" · {found.growth:+d}% dari tahun lalu" if found.growth is not None else ""
    yield Card(
        when=When.WEEK,
        title=f"{formats.number(found.now.enrolled)} kali ikut diklat tahun ini",
        note=f"{formats.number(found.now.certified)} bersertifikat{grown}",
        icon="chart-column",
        ways=(Way("Capaian", "desk.dashboard"),),
    )
