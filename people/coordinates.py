"""Between GCJ-02, which Chinese map services draw in, and WGS-84, in which this project stores every point; pure."""

from math import asin, cos, pi, radians, sin, sqrt

# Krasovsky 1940, the ellipsoid of the public form of GCJ-02.
SEMI_MAJOR = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
EARTH_RADIUS_METRES = 6_371_008.8


def _shift(lng: float, lat: float) -> tuple[float, float]:
    """Return by how many degrees GCJ-02 moves a WGS-84 point."""
    x, y = lng - 105.0, lat - 35.0
    wave = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + wave
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + wave
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    phi = radians(lat)
    magic = 1 - ECCENTRICITY_SQUARED * sin(phi) ** 2
    meridian = SEMI_MAJOR * (1 - ECCENTRICITY_SQUARED) / (magic * sqrt(magic))
    parallel = SEMI_MAJOR / sqrt(magic) * cos(phi)
    return east * 180.0 / (parallel * pi), north * 180.0 / (meridian * pi)


def is_in_china(lng: float, lat: float) -> bool:
    """Whether GCJ-02 differs from WGS-84 here: the box that the map services use."""
    return 72.004 <= lng <= 137.8347 and 0.8293 <= lat <= 55.8271


def to_gcj02(lng: float, lat: float) -> tuple[float, float]:
    """Turn a WGS-84 point into GCJ-02; outside China nothing changes."""
    if not is_in_china(lng, lat):
        return lng, lat
    east, north = _shift(lng, lat)
    return lng + east, lat + north


def to_wgs84(lng: float, lat: float) -> tuple[float, float]:
    """Turn a GCJ-02 point into WGS-84, exact to a centimetre: the shift is smooth, so three corrections are plenty."""
    if not is_in_china(lng, lat):
        return lng, lat
    found = lng, lat
    for _ in range(3):
        east, north = _shift(*found)
        found = lng - east, lat - north
    return found


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance of two (lng, lat) points."""
    lng_a, lat_a, lng_b, lat_b = map(radians, (*a, *b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lng_b - lng_a) / 2) ** 2
    return 2 * EARTH_RADIUS_METRES * asin(sqrt(half))
