from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from core import registry, waiting


def user(*roles: str) -> SimpleNamespace:
    return SimpleNamespace(has_role=lambda *wanted: bool(set(roles) & set(wanted)))


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    for store in ("_modules", "_tiles", "_links", "_searches", "_progress", "_home_sections"):
        monkeypatch.setattr(registry, store, {})


def module(code: str, *, group: str = "每天要做", order: int = 1, **fields) -> registry.Module:
    fields.setdefault("roles", frozenset({"clerk"}))
    return registry.Module(code, code, "home", "portal:home", group=group, order=order, **fields)


def test_shows_only_the_modules_of_the_roles_that_count():
    registry.register(module("a"), module("b", roles=frozenset({"payer"})))
    assert [e.module.code for g in registry.for_user(user("payer")) for e in g.entries] == ["b"]
    assert registry.for_user(user()) == []


def test_groups_come_in_the_order_of_the_day():
    registry.register(module("z", group="看"), module("b", order=2), module("a", order=1))
    groups = registry.for_user(user("clerk"))
    assert [(g.caption, [e.module.code for e in g.entries]) for g in groups] == [
        ("每天要做", ["a", "b"]),
        ("看", ["z"]),
    ]


def test_counts_only_when_asked():
    asked = []
    registry.register(module("a", waiting=lambda u: asked.append(u) or 7, overdue=lambda u: 2))
    assert registry.for_user(user("clerk"))[0].entries[0].waiting is None
    assert asked == []
    entry = registry.for_user(user("clerk"), counts=waiting.counts)[0].entries[0]
    assert (entry.waiting, entry.overdue) == (7, 2)


def test_refuses_a_code_declared_twice():
    registry.register(module("a"))
    with pytest.raises(ValueError, match="declared twice"):
        registry.register(module("a"))


def test_gives_the_search_box_of_the_first_role_that_fits():
    registry.register(
        registry.Search("late", "找人", "", "portal:home", frozenset({"clerk"}), order=20),
        registry.Search("early", "找件", "", "portal:home", frozenset({"clerk"}), order=10),
    )
    assert registry.search_for(user("clerk")).code == "early"
    assert registry.search_for(user("payer")) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "/"),
        ("/work/station/", "/work/station/"),
        ("/work/station/coverage/x/", "/work/station/coverage/"),
        ("/me/", ""),
    ],
)
def test_a_page_lies_under_the_longest_address(path, expected):
    assert registry.nearest(["/", "/work/station/", "/work/station/coverage/"], path) == expected


def test_leaves_out_home_sections_with_nothing_to_say(rf):
    registry.home_section(registry.Section("a", "a.html", lambda request: None))
    registry.home_section(registry.Section("b", "b.html", lambda request: {"rows": [1]}))
    assert registry.home_sections(rf.get("/")) == [("b.html", {"rows": [1]})]


def test_tells_first_what_waits_for_the_person_then_the_newest():
    def matter(title: str, tone: str, day: int) -> registry.Matter:
        return registry.Matter(title, "/", tone, "", datetime(2026, 11, day, tzinfo=UTC))

    old = [matter("old", "wn", 1)]
    new = [matter(str(day), "info", day) for day in range(9, 1, -1)]
    registry.register(
        registry.Progress("new", "new", "portal:home", lambda _: new, order=1),
        registry.Progress("old", "old", "portal:home", lambda _: old, order=2),
        registry.Progress("none", "none", "portal:home", lambda _: []),
    )
    matters, places = registry.under_way(user())
    assert [m.title for m in matters] == ["old", "9", "8", "7", "6", "5"]
    assert [place.code for place, _ in places] == ["new", "old"]
