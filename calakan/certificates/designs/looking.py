"""A design as it would print, with what is not right about it: for its editor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from calakan import paper
from calakan.certificates import rendering
from calakan.certificates.designs import checks, drawing, sample
from calakan.certificates.designs.kinds import KINDS
from calakan.certificates.designs.layout import Layout
from calakan.kernel.files import Store
from calakan.office.queries import office_settings


@dataclass(frozen=True)
class Box:
    """What may be moved on the picture."""

    key: str
    label: str
    extent: paper.Extent


@dataclass(frozen=True)
class Picture:
    """`longest` are the findings that come only with the longest name on record."""

    svg: str
    boxes: list[Box]
    findings: list[checks.Finding]
    longest: list[checks.Finding]


class Sight:
    """One layout on the sample, built once for all that is asked about it. Raises OSError, ValueError."""

    def __init__(
        self, layout: Layout, background_sha256: str | None, store: Store, *, base_url: str, on: date, marked: bool
    ) -> None:
        self._layout, self._base_url, self._on = layout, base_url, on
        self._office = office_settings()
        look = drawing.look_of(layout, background_sha256, store)
        row = sample.paper_of(sample.NAME, self._office, on=on, specimen=marked)
        self._template = rendering.template(row, look, store, base_url=base_url)

    def picture(self, *, long: bool) -> Picture:
        """With the sample's name or the longest one on record."""
        usual, longest = self._holder(sample.NAME), self._holder(sample.longest_name())
        shown = longest if long else usual
        found = checks.findings(self._layout.shown(), self._template.extents(usual))
        more = checks.findings(self._layout.shown(), self._template.extents(longest))
        return Picture(
            svg=self._template.picture(shown),
            boxes=[Box(extent.key, KINDS[extent.key].label, extent) for extent in self._template.extents(shown)],
            findings=found,
            longest=[finding for finding in more if finding not in found],
        )

    def file(self, *, now: datetime) -> bytes:
        """The whole paper as a PDF."""
        return self._template.render(self._holder(sample.NAME), created_at=now)

    def _holder(self, name: str) -> paper.HolderFacts:
        row = sample.paper_of(name, self._office, on=self._on, specimen=True)
        return rendering.plain_holder(row, base_url=self._base_url)
