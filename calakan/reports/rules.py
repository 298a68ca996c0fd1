"""Who may see counts, take out lists with names, and download which file."""

from __future__ import annotations

from calakan.kernel.actor import Actor, Role
from calakan.reports.models import Export, ExportFormat, ExportKind

OF_ONE_DIKLAT = frozenset({ExportKind.ATTENDANCE})
"""The lists that are of one diklat, which then must be named."""

CHOOSABLE = (ExportKind.PARTICIPANTS, ExportKind.REGISTER, ExportKind.HOURS)
"""The lists of which somebody may take some columns only; the others have a shape that is asked for elsewhere."""

LISTED = (ExportFormat.XLSX, ExportFormat.CSV, ExportFormat.JSON, ExportFormat.PDF)
"""What a list comes in."""

FORMATS = {
    ExportKind.EVIDENCE: (ExportFormat.PDF, ExportFormat.XLSX),
    ExportKind.TRANSCRIPTS: (ExportFormat.ZIP,),
}
"""Of those that do not come in every format of a list."""


def may_report(actor: Actor, subject: object = None) -> bool:
    return actor.is_committee or actor.has(Role.PIMPINAN) or actor.has_scope


def formats(kind: ExportKind) -> tuple[ExportFormat, ...]:
    """What it comes in."""
    return FORMATS.get(kind, LISTED)


def may_ask(actor: Actor, kind: ExportKind) -> bool:
    """Counts for whoever sees the report, those of the whole programme for its head; names for the committee alone, but for the
    papers of one's own people.
    """
    if kind is ExportKind.TRANSCRIPTS:
        return actor.is_committee or actor.has_scope
    if kind is ExportKind.EVIDENCE:
        return actor.is_committee or actor.has(Role.PIMPINAN)
    return actor.is_committee or (kind is ExportKind.PARTICIPATION and may_report(actor))


def sight(actor: Actor) -> list[str]:
    """Whose papers the actor sees: everybody's, or those of schools and kecamatan."""
    return ["*"] if actor.is_committee else sorted([*map(str, actor.school_ids), *actor.kecamatan_codes])


def may_fetch(actor: Actor, export: Export) -> bool:
    """Whoever asked for it and still might, of papers also still sees all whom it was made about, and an admin."""
    own = actor.person_id is not None and actor.person_id == export.asked_by_id
    return actor.is_admin or (own and may_ask(actor, export.kind) and _still_sees(actor, export))


def _still_sees(actor: Actor, export: Export) -> bool:
    if export.kind is not ExportKind.TRANSCRIPTS or actor.is_committee:
        return True
    return set(export.facts.get("sight", "*")) <= set(sight(actor))
