"""What the intake refuses."""

from __future__ import annotations

from calakan.kernel.errors import DomainError


class ArtworkUnfit(DomainError):
    """A background, a scanned signature or an emblem that is not taken; `why` says the reason."""

    field = "file"

    @property
    def of_photo(self) -> str:
        """As much of it as whoever sends a photo is told: `pixels`, `busy` or `kind`."""
        why: str = self.facts["why"]
        return "pixels" if why in ("pixels", "heavy") else "busy" if why == "busy" else "kind"
