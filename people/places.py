"""Where a written place or a point is: "沈阳-铁西区", "辽宁省鞍山市铁东区…", (123.43, 41.79)."""

import re
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from people.boundaries import DATA, county_code_at
from people.models import Region

SEPARATORS = " \t\r\n\u3000-－—–_/\\|·•,，、;；:：>()（）[]【】"
BREAK = re.compile(r"[\s\-－—–_/\\|·•,，、;；:：>()（）\[\]【】0-9]")
DISTRICT_FOLLOWS = ("区", "县")
STREET_ENDS = ("街道", "镇", "乡")
COUNTY_ENDS = ("区", "县", "市")
# "经济技术开发区" stands for one county only after the name of a city.
ZONE_WORDS = re.compile(r"开发区|高新|园区|保税区")
# The tables are read again after this many seconds: regions change a few times a year.
KEEP_SECONDS = 600

SURE = 0.9
"""From this confidence on, a place may be filed without asking anybody."""


class Place(NamedTuple):
    """What a text was understood as: the lowest region it names, and how sure that is (0 to 1)."""

    region: Region
    confidence: float


class Names:
    """Names and what they stand for, found at a position of a text without trying every length."""

    def __init__(self) -> None:
        self.found: dict[str, list[Region]] = {}
        self.lengths: dict[str, list[int]] = {}

    def add(self, region: Region, *texts: str) -> None:
        for text in texts:
            regions = self.found.setdefault(text, [])
            if region not in regions:
                regions.append(region)
            lengths = self.lengths.setdefault(text[0], [])
            if len(text) not in lengths:
                lengths.append(len(text))
                lengths.sort(reverse=True)

    def get(self, text: str) -> list[Region]:
        return self.found.get(text, [])

    def longest(self, text: str, at: int) -> tuple[list[Region], int]:
        """Return what the longest name at this position stands for, and where it ends."""
        for length in self.lengths.get(text[at : at + 1], ()):
            if regions := self.found.get(text[at : at + length]):
                return regions, at + length
        return [], at


class Gazetteer:
    """The names of a province's places, arranged for reading addresses from left to right."""

    def __init__(self, regions: Iterable[Region], aliases: dict[str, list[str]]) -> None:
        self.province, self.cities, self.shorts, self.first = Names(), Names(), Names(), Names()
        self.inside: defaultdict[str, Names] = defaultdict(Names)
        self.streets: defaultdict[str, Names] = defaultdict(Names)
        levels: defaultdict[int, list[Region]] = defaultdict(list)
        for region in regions:
            levels[region.level].append(region)
        for region in levels[Region.Level.PROVINCE]:
            self.province.add(region, region.name, region.short_name)
        for region in levels[Region.Level.CITY]:
            self.cities.add(region, region.name, region.short_name)
            self.first.add(region, region.name, region.short_name)
        for region in levels[Region.Level.COUNTY]:
            if region.kind != Region.Kind.ZONE:
                self._add_county(region, aliases.get(region.code, []))
        self._add_streets(levels[Region.Level.STREET])
        # City and county names compete, the longer one wins: "抚顺县" is no part of the city "抚顺".
        # The short name of a county yields to that of its city: "本溪" is the city.
        for name, found in self.shorts.found.items():
            if not self.first.get(name):
                self.first.add(found[0], name)

    def _add_county(self, region: Region, aliases: list[str]) -> None:
        names = [region.name, *(alias for alias in aliases if not ZONE_WORDS.search(alias))]
        self.first.add(region, *(name for name in names if name.endswith(COUNTY_ENDS)))
        inside = self.inside[region.code[:4]]
        inside.add(region, region.name, *aliases)
        shorts = [name for name in names if not name.endswith(COUNTY_ENDS)]
        if region.kind != Region.Kind.DISTRICT and not self.cities.get(region.short_name):
            shorts.append(region.short_name)
            inside.add(region, region.short_name)
        self.shorts.add(region, *shorts)

    def _add_streets(self, regions: list[Region]) -> None:
        exact: set[tuple[str, str]] = set()
        for region in regions:
            for key in (region.code[:6], region.code[:4], ""):
                self.streets[key].add(region, region.name)
                exact.add((key, region.name))
        for region in regions:
            # A town that became a street office keeps its old name on doors and in files.
            if region.name.endswith(STREET_ENDS) and len(region.short_name) > 1:
                for key in (region.code[:6], region.code[:4], ""):
                    old = [region.short_name + end for end in STREET_ENDS]
                    self.streets[key].add(region, *(name for name in old if (key, name) not in exact))

    def resolve(self, text: str) -> Place | None:
        """Read a place from the left; see `resolve_place`."""
        text = text.strip(SEPARATORS)
        at, province = self._skip(text, 0, self.province)
        found, end = self.first.longest(text, at)
        if not found:
            return Place(province, 1.0) if province else self._by_street(text, at)
        region = found[0]
        if region.level == Region.Level.CITY:
            if text.startswith(DISTRICT_FOLLOWS, end):  # "朝阳区" is in Beijing, 朝阳 in Liaoning has none
                return None
            if not province and not _ends(text, end) and text[end - 1] != "市" and text[end] in "山湾路街":
                return None
            return self._in_city(text, end, region)
        if len(found) > 1:
            return None
        return self._in_county(text, end, region, self._sureness(text, at, end, region, bool(province)))

    def _sureness(self, text: str, at: int, end: int, region: Region, province: bool) -> float:
        """How sure a county is whose city is not named: other provinces have districts of the same name."""
        if province:
            return 1.0
        name = text[at:end]
        if self.shorts.get(name):
            return 0.7 if _ends(text, end) else 0.6
        return 0.6 if name.endswith("区") else 0.9

    def _skip(self, text: str, at: int, names: Names) -> tuple[int, Region | None]:
        found, end = names.longest(text, at)
        while end < len(text) and text[end] in SEPARATORS:
            end += 1
        return (end, found[0]) if found else (at, None)

    def _in_city(self, text: str, at: int, city: Region) -> Place:
        inside = self.inside[city.code]
        while at < len(text) and text[at] in SEPARATORS:
            at += 1
        found, end = inside.longest(text, at)
        if found:
            return self._in_county(text, end, found[0], 1.0)
        # The city's name is often written twice ("大连-大连市金州区").
        again, end = self.cities.longest(text, at)
        if again and again[0] is city and not text.startswith(DISTRICT_FOLLOWS, end):
            return self._in_city(text, end, city)
        if county := self._district_short(text, at, city):
            return Place(county, SURE)
        for start in range(at + 1, len(text) - 1):
            found, end = inside.longest(text, start)
            if found and text[end - 1] in "区县市":
                return self._in_county(text, end, found[0], 0.8)
        street = self._street(text, at, city.code)
        return Place(street, 0.8) if street else Place(city, 1.0)

    def _district_short(self, text: str, at: int, city: Region) -> Region | None:
        """Read "沈阳-铁西", but not "大连中山路": a short name of two characters counts only where the text breaks off."""
        inside = self.inside[city.code]
        for end in (at + 3, at + 2):
            found = inside.get(text[at:end] + "区")
            if len(found) == 1 and (_ends(text, end) or (end == at + 3 and text[end] not in "路街")):
                return found[0]
        return None

    def _in_county(self, text: str, at: int, county: Region, confidence: float) -> Place:
        street = self._street(text, at, county.code)
        return Place(street or county, confidence)

    def _street(self, text: str, at: int, code: str) -> Region | None:
        """Find the first street or town of a county or city that the text names and that is the only one of its name."""
        names = self.streets[code]
        for ending in _street_ends(text, at):
            for start in range(max(at, ending - 14), ending - 1):
                if (found := names.get(text[start:ending])) and len(found) == 1:
                    return found[0]
        return None

    def _by_street(self, text: str, at: int) -> Place | None:
        """Nothing is named but a town: believe it when the province has only one of that name."""
        for ending in _street_ends(text, at):
            found = self.streets[""].get(text[at:ending])
            if len(found) == 1:
                return Place(found[0], 0.5)
        return None


def _street_ends(text: str, at: int) -> Iterator[int]:
    """Yield where a name of a street office, town or township may end."""
    for position in range(at + 1, len(text)):
        if text[position] in "镇乡":
            yield position + 1
        elif text[position] == "街" and text.startswith("道", position + 1):
            yield position + 2


def _ends(text: str, at: int) -> bool:
    return at >= len(text) or BREAK.match(text[at]) is not None


_loaded: tuple[float, Gazetteer] | None = None


def gazetteer() -> Gazetteer:
    """Return the names of today's regions, read from the database at most every ten minutes."""
    global _loaded
    if _loaded is None or time.monotonic() - _loaded[0] > KEEP_SECONDS:
        _resolve.cache_clear()
        aliases: dict[str, list[str]] = {}
        for file in sorted(Path(DATA).glob("place_aliases_*.toml")):
            aliases |= tomllib.loads(file.read_text(encoding="utf-8"))
        regions = Region.objects.open().filter(level__lte=Region.Level.STREET).order_by("code")
        names = Gazetteer(regions, aliases)
        if not names.cities.found:  # nothing is loaded yet: look again next time
            return names
        _loaded = time.monotonic(), names
    return _loaded[1]


def forget_names() -> None:
    """Read the names again at the next look-up, because regions have changed."""
    global _loaded
    _loaded = None


def resolve_place(text: str, *, at_least: float = 0.6) -> Place | None:
    """Return the lowest region that a free text names, down to street or town; None when that is not sure enough.

    Reads "沈阳-铁西区", "大连", "辽宁省鞍山市铁东区二道街77号", "辽中县" (today 辽中区). 马鞍山 is not 鞍山; 朝阳 alone is the
    city, 朝阳区 is Beijing's. `SURE` (0.9) fits filing without asking; 0.5 takes also a town's name that stands alone.
    """
    names = gazetteer()
    place = _resolve(names, text[:200])
    return place if place and place.confidence >= at_least else None


@lru_cache(maxsize=20_000)
def _resolve(names: Gazetteer, text: str) -> Place | None:
    return names.resolve(text)


def county_of(lng: float, lat: float) -> Region | None:
    """Return the county of GB/T 2260 that holds a WGS-84 point; None at sea and outside the province."""
    code = county_code_at(lng, lat)
    return Region.objects.open().filter(code=code).first() if code else None
