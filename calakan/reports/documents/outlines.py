"""The real outlines of the kecamatan as SVG, from the map data of `people/data` (see SOURCE.md there)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from calakan.people.directory import DATA
from calakan.reports.documents.charts import TILES, Place

WIDTH, MARGIN = 560.0, 6.0


@lru_cache(maxsize=1)
def _shapes() -> tuple[float, dict[str, tuple[str, float, float]]]:
    """Height of the drawing; code -> path, and where its label stands. Read once a process."""
    features = json.loads((DATA / "kecamatan.geojson").read_text(encoding="utf-8"))["features"]
    points = [point for feature in features for ring in _rings(feature) for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    scale = (WIDTH - 2 * MARGIN) / (east - west)
    # A degree of longitude is a little shorter than one of latitude.
    tall = scale / math.cos(math.radians((south + north) / 2))

    def at(x: float, y: float) -> tuple[float, float]:
        return round(MARGIN + (x - west) * scale, 1), round(MARGIN + (north - y) * tall, 1)

    shapes = {}
    for feature in features:
        path = "".join(_path([at(x, y) for x, y in ring]) for ring in _rings(feature))
        facts = feature["properties"]
        shapes[feature["id"]] = (path, *at(facts["label_lng"], facts["label_lat"]))
    return round((north - south) * tall + 2 * MARGIN, 1), shapes


def _rings(feature: dict[str, Any]) -> list[list[tuple[float, float]]]:
    geometry: dict[str, Any] = feature["geometry"]
    found = geometry["coordinates"]
    polygons = [found] if geometry["type"] == "Polygon" else found
    return [[(x, y) for x, y, *_ in ring] for polygon in polygons for ring in polygon]


def _path(points: list[tuple[float, float]]) -> str:
    """Without points that the eye could not tell from the one before."""
    kept = [points[0]]
    for point in points[1:]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= 1.2:
            kept.append(point)
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "z"


def drawing() -> tuple[float, float, dict[str, str]]:
    """(width, height, path of each kecamatan by its code), y downwards."""
    height, shapes = _shapes()
    return WIDTH, height, {code: shape for code, (shape, _, _) in shapes.items()}


def outlines(places: Mapping[str, Place]) -> Markup:
    """A shape for each kecamatan, coloured as the hexagons are."""
    height, shapes = _shapes()
    drawn = Markup("").join(
        Markup('<a href="{}" class="q{}" aria-label="{}"><path d="{}"/><title>{}</title></a>').format(
            place.address, place.level, place.told, shapes[code][0], place.told
        )
        for code, place in places.items()
    )
    labels = Markup("").join(
        Markup('<text class="q{}" x="{}" y="{}">{}</text>').format(
            place.level, shapes[code][1], shapes[code][2] + 4, TILES[code].letters
        )
        for code, place in places.items()
    )
    return Markup('<svg class="hex wil" viewBox="0 0 {} {}" role="group" aria-labelledby="h-peta">{}{}</svg>').format(
        WIDTH, height, drawn, labels
    )
