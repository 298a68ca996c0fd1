"""Who may hand out and who may open. Pure predicates."""

from __future__ import annotations

from calakan.materials.models import Audience, Material


def open_to_everyone(material: Material) -> bool:
    return material.withdrawn_at is None and material.audience is Audience.EVERYONE and material.diklat.public
