"""What follows from the tree of places: paths, full names, and who handles which community."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from core.errors import DomainError
from people.models import Region, RegionSuccession, ServiceArea
from people.places import forget_names


class CannotAssignArea(DomainError):
    """The community cannot be given to that authority."""


class CannotCloseRegion(DomainError):
    """The region is closed already, or others depend on it."""


class Derived(NamedTuple):
    """The columns of a region that follow from the tree."""

    path: str
    statutory_path: str
    full_name: str


@dataclass(frozen=True, slots=True)
class Node:
    """A region as the derivation sees it."""

    code: str
    name: str
    level: int
    parent: int | None
    is_open: bool


def derive(
    nodes: Mapping[int, Node], *, authorities: Mapping[int, int], successor: Mapping[int, int]
) -> dict[int, Derived]:
    """Work out paths and full names of the whole tree.

    :param authorities: community -> functional zone, for the communities that a zone has taken over.
    :param successor: closed region -> the one region that took it over; its cases go there.
    """
    statutory: dict[int, str] = {}
    names: dict[int, str] = {}
    working: dict[int, str] = {}
    in_order = sorted(nodes, key=lambda key: nodes[key].level)
    for key in in_order:
        node = nodes[key]
        above = statutory.get(node.parent) if node.parent else None
        statutory[key] = f"{above}/{node.code}" if above else node.code
        # The province's own name would stand before every address in the province, so it is left out.
        within_city = node.parent is not None and nodes[node.parent].level >= Region.Level.CITY
        names[key] = names.get(node.parent or 0, "") + node.name if within_city else node.name
    street_authority = _street_authorities(nodes, authorities)
    for key in in_order:
        node = nodes[key]
        zone = street_authority.get(key) or authorities.get(key)
        if zone and node.level == Region.Level.COMMUNITY and node.parent:
            working[key] = f"{statutory[zone]}/{nodes[node.parent].code}/{node.code}"
        elif zone:
            working[key] = f"{statutory[zone]}/{node.code}"
        elif node.level == Region.Level.COMMUNITY and node.parent in street_authority:
            working[key] = statutory[key]  # taken back, or closed before the zone came
        else:
            above = working.get(node.parent) if node.parent else None
            working[key] = f"{above}/{node.code}" if above else node.code
    for key in in_order:
        if not nodes[key].is_open and (heir := _last_heir(key, successor)) is not None:
            working[key] = working[heir]
    return {key: Derived(working[key], statutory[key], names[key]) for key in nodes}


def _street_authorities(nodes: Mapping[int, Node], authorities: Mapping[int, int]) -> dict[int, int]:
    """Return the streets whose open communities have all gone to one zone: the street goes with them."""
    held: dict[int, set[int | None]] = {}
    for key, node in nodes.items():
        if node.level == Region.Level.COMMUNITY and node.is_open and node.parent:
            held.setdefault(node.parent, set()).add(authorities.get(key))
    return {street: zone for street, zones in held.items() if len(zones) == 1 and (zone := next(iter(zones)))}


def _last_heir(key: int, successor: Mapping[int, int]) -> int | None:
    """Follow the succession to its end; a circle (two regions that succeed each other) ends nowhere."""
    seen = {key}
    heir: int | None = None
    while (following := successor.get(key if heir is None else heir)) is not None:
        if following in seen:
            return None
        seen.add(following)
        heir = following
    return heir


def lock_tree() -> None:
    """Let one transaction at a time work on the tree: derived columns of a half-seen tree would stay wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('people.regions'))")


@transaction.atomic
def refresh_regions(*, on: date) -> int:
    """Write the derived columns of every region whose place in the tree has changed; return how many.

    To be called after any change of the tree, and daily: a service area may begin or end today.
    """
    lock_tree()
    rows = Region.objects.order_by("pk").values_list(
        "pk", "code", "name", "level", "parent_id", "closed_on", "path", "statutory_path", "full_name"
    )
    nodes: dict[int, Node] = {}
    present: dict[int, Derived] = {}
    for pk, code, name, level, parent, closed_on, *derived in rows:
        nodes[pk] = Node(code=code, name=name, level=level, parent=parent, is_open=closed_on is None)
        present[pk] = Derived(*derived)
    areas = ServiceArea.objects.current(on=on).values_list("community_id", "authority_id")
    wanted = derive(nodes, authorities=dict(areas), successor=_single_successors())
    changed = [(pk, *derived) for pk, derived in wanted.items() if derived != present[pk]]
    if changed:
        _write_derived(changed)
        transaction.on_commit(forget_names)
    return len(changed)


def _single_successors() -> dict[int, int]:
    """Map each region that was taken over as a whole to the one that took it; a divided one is left out."""
    heirs: dict[int, list[int]] = {}
    for old, new in RegionSuccession.objects.order_by("pk").values_list("old_id", "new_id"):
        heirs.setdefault(old, []).append(new)
    return {old: new[0] for old, new in heirs.items() if len(new) == 1}


def _write_derived(changed: list[tuple[int, str, str, str]]) -> None:
    """Update thousands of rows in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_region r SET path = n.path, statutory_path = n.statutory_path, full_name = n.full_name"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) n(id, path, statutory_path, full_name)"
            " WHERE r.id = n.id",
            [list(column) for column in zip(*changed, strict=True)],
        )


def authority_of(community: Region, *, on: date) -> Region:
    """Return the one 业务主管区 of a community on that day: the zone that holds it, otherwise its own county.

    :raises CannotAssignArea: the region lies above the county level, so that no single county handles it.
    """
    area = ServiceArea.objects.current(on=on).filter(community=community).select_related("authority").first()
    if area:
        return area.authority
    if community.level == Region.Level.COUNTY:
        return community
    county = community.ancestors().filter(level=Region.Level.COUNTY).first()
    if county is None:
        raise CannotAssignArea(f"“{community}”不在任何县区之内，没有业务主管区。")
    return county


@transaction.atomic
def assign_service_area(
    *, communities: Iterable[Region], authority: Region, on: date, source: str, confidence: str = "F", note: str = ""
) -> int:
    """Give communities to another 业务主管区 from that day on; what was in force ends the day before.

    Naming a community's own county gives it back. Returns the number of communities that changed hands.

    :raises CannotAssignArea: the authority is no open county-level region, a region is no community, or it already
        has an arrangement that begins later.
    """
    if authority.level != Region.Level.COUNTY or not authority.is_open:
        raise CannotAssignArea(f"“{authority}”不是现有的县区或功能区，不能作业务主管区。")
    communities = list(communities)
    if strangers := [region for region in communities if region.level != Region.Level.COMMUNITY]:
        raise CannotAssignArea(f"“{strangers[0]}”不是社区或村，业务主管区按社区、村指定。")
    existing = ServiceArea.objects.select_for_update().filter(community__in=communities)
    if later := existing.filter(valid__startswith__gt=on).select_related("community").first():
        raise CannotAssignArea(f"“{later.community}”在{later.valid.lower}以后已有安排：请先撤销，或改用更晚的日期。")
    same = set(existing.filter(valid__contains=on, authority=authority).values_list("community_id", flat=True))
    changing = [region for region in communities if region.pk not in same]
    ending = existing.filter(community__in=changing, valid__contains=on)
    ending.filter(valid__startswith=on).delete()
    for area in ending:
        area.valid = DateRange(area.valid.lower, on)
        area.save(update_fields=["valid"])
    ServiceArea.objects.bulk_create(
        ServiceArea(
            community=region,
            authority=authority,
            valid=DateRange(on, None),
            source=source,
            confidence=confidence,
            note=note,
        )
        for region in changing
        if f"/{authority.code}/" not in f"{region.statutory_path}/"
    )
    refresh_regions(on=on)
    return len(changing)


@transaction.atomic
def close_region(*, region: Region, successors: Iterable[Region] = (), on: date, document: str = "") -> None:
    """Close a region; what lies below it must have been closed or moved before.

    :raises CannotCloseRegion: it is closed already, or open regions lie below it.
    """
    region = Region.objects.select_for_update(of=("self",)).get(pk=region.pk)
    if not region.is_open:
        raise CannotCloseRegion(f"“{region}”已于{region.closed_on}撤销。")
    if region.children.filter(closed_on=None).exists():
        raise CannotCloseRegion(f"“{region}”还有下级区划：请先撤销或改挂它们，再撤销本级。")
    region.closed_on = on
    region.save(update_fields=["closed_on"])
    RegionSuccession.objects.bulk_create(
        RegionSuccession(old=region, new=new, on=on, document=document) for new in successors
    )
    refresh_regions(on=on)


def find_region(code: str) -> Region | None:
    """Return the region of a GB code in any of its usual forms: 2101, 210100, 210100000000."""
    trimmed = code.strip().upper()
    for length in (2, 4, 6, 9, 12):
        if len(trimmed) >= length and not trimmed[length:].strip("0"):
            found = Region.objects.filter(code=trimmed[:length]).order_by("closed_on", "-pk")
            if region := found.filter(Q(closed_on=None)).first() or found.first():
                return region
    return None
