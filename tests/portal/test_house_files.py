"""The laws of the house that files keep."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.portal.house import APPS, ROOT, named, python_files, templates

LONGEST = 500
LONGEST_TEMPLATE = 150
MAKES_NO_NAMES = re.compile(r"\b(?:apps\.)?get_model\(|\bimport_string\(")
UNSAFE_PYTHON = re.compile(r"\bmark_safe\b|\bcsrf_exempt\b|\bSafeString\(|\bexec\(|\beval\(")
LEFTOVERS = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
SKIPS = re.compile(r"pytest\.skip\(|mark\.xfail")
UNSAFE_TEMPLATE = {
    "|safe": re.compile(r"\|\s*safe(?:seq)?\b|autoescape off"),
    "style=": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "on…=": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.I),
    "inline script": re.compile(r"<script(?![^>]*\s(?:src=|type=.application/(?:ld\+)?json))[^>]*>\s*\S", re.I),
    "javascript:": re.compile(r"javascript:", re.I),
    "another site": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//(?!www\.gov\.cn|12333)", re.I),
}
NOT_IMPORTED = {
    "tzdata",  # zoneinfo reads it
    "pytest-django",  # pytest loads its plugins itself
    "pytest-xdist",
}
MIRRORS_NOTHING = {
    # Tests of the whole rather than of one file.
    "test_access_matrix",
    "test_api_schema",
    "test_assets",
    "test_bad_input",
    "test_commands",
    "test_components",
    "test_house_files",
    "test_house_migrations",
    "test_house_models",
    "test_pages",
    "test_person_pages",
    "test_query_counts",
    "test_scoping",
    "test_strictness",
}


def _offences(pattern, files):
    return [named(path) for path in files if pattern.search(path.read_text(encoding="utf-8"))]


def test_keeps_files_short():
    sizes = {named(p): len(p.read_text(encoding="utf-8").splitlines()) for p in python_files(tests=True)}
    assert {name: size for name, size in sizes.items() if size > LONGEST} == {}


def test_keeps_templates_short():
    pages = [path for path in templates() if path.suffix == ".html"]
    sizes = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in pages}
    assert {name: size for name, size in sizes.items() if size > LONGEST_TEMPLATE} == {}


def test_names_no_model_or_function_by_a_string():
    apps_only = [path for path in python_files() if path.relative_to(ROOT).parts[0] in APPS]
    assert _offences(MAKES_NO_NAMES, apps_only) == []


def test_trusts_no_text_and_exempts_no_form():
    # JSON for `ld_json`, with its own escapes; what the other template language has escaped.
    escapes_by_hand = {"core/templatetags/ui.py", "core/jinja.py"}
    assert set(_offences(UNSAFE_PYTHON, python_files())) <= escapes_by_hand


def test_leaves_nothing_for_later():
    own = {"tests/portal/test_house_files.py"}
    files = [path for path in python_files(tests=True) if named(path) not in own]
    assert _offences(LEFTOVERS, [*files, *templates()]) == []


def test_skips_no_test_silently():
    own = {"tests/portal/test_house_files.py"}
    assert _offences(SKIPS, [p for p in python_files(tests=True) if named(p) not in own]) == []


@pytest.mark.parametrize("offence", UNSAFE_TEMPLATE)
def test_keeps_templates_free_of(offence):
    assert _offences(UNSAFE_TEMPLATE[offence], templates()) == []


def test_swallows_no_exception():
    """`except Exception` must log or raise again; a bare `except:` never stands."""
    swallowed = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ExceptHandler):
                continue
            broad = node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException")
            text = ast.unparse(node)
            if broad and not re.search(r"\braise\b|\blog\w*\.|\.exception\(|\bcapture|sys\.exit|stderr|stdout", text):
                swallowed.append(f"{named(path)}:{node.lineno}")
    assert swallowed == []


def test_keeps_rules_free_of_django():
    """import-linter proves it for the modules on its list: each `rules.py` must be on it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    listed = {name for contract in contracts if contract["type"] == "forbidden" for name in contract["source_modules"]}
    files = [path for app in APPS for path in (ROOT / app).rglob("rules.py")]
    packages = [path.parent for app in APPS for path in (ROOT / app).rglob("rules/__init__.py")]
    wanted = {named(path).removesuffix(".py").replace("/", ".") for path in [*files, *packages]}
    assert sorted(wanted - listed) == []


def test_lists_every_app_as_a_floor():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    floors = next(c["layers"] for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    assert [name for name in floors if name in APPS] == list(reversed(APPS))


def _packages(name, *captions):
    """Return the packages that stand in a list of requirements under these captions (all but the last without any)."""
    sections = re.split(r"^# (?=[A-Z])", (ROOT / name).read_text(encoding="utf-8"), flags=re.M)
    wanted = [s for s in sections if (s.startswith(captions) if captions else not s.startswith("Needed by"))]
    return {re.split(r"[\[=]", line)[0] for section in wanted for line in section.splitlines()[1:] if "==" in line}


def test_requires_only_packages_that_it_uses():
    files = [*python_files(tests=True), *(ROOT / "script").rglob("*.py"), ROOT / "pyproject.toml"]
    said = "\n".join(path.read_text(encoding="utf-8") for path in files)
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", said, re.M)) | set(re.findall(r"[\"'](\w+)[.\"']", said))
    modules = {}
    for module, owners in packages_distributions().items():
        for owner in owners:
            modules.setdefault(re.sub(r"[-_.]+", "-", owner).lower(), set()).add(module)
    wanted = _packages("requirements.txt") | _packages("requirements-dev.txt", "Tests")
    assert sorted(name for name in wanted - NOT_IMPORTED if not modules[name] & imported) == []


def test_says_why_it_requires_each_package():
    told = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    names = {n for line in told.splitlines() if line.startswith("| ") for n in re.split(r"[ ,]+", line.split("|")[1])}
    names = {name.partition("[")[0] for name in names}
    wanted = _packages("requirements.txt") | _packages("requirements-dev.txt")
    assert sorted(wanted - names) == []
    listed = wanted | _packages("requirements.txt", "Needed by") | _packages("requirements-dev.txt", "Needed by")
    assert sorted(n for n in names - listed if n.islower() and n not in {"package", "lts"}) == []


@pytest.mark.parametrize("app", APPS)
def test_mirrors_the_tree(app):
    """`tests/<app>/test_<file>.py` tests a file (or a package) that is there."""
    strangers = []
    known = {path.stem for path in (ROOT / app).rglob("*.py")} | {p.name for p in (ROOT / app).rglob("*") if p.is_dir()}
    known |= {f"{path.parent.name}_{path.stem}" for path in (ROOT / app).rglob("*.py")}
    if app == "portal":
        known |= {path.stem for path in (ROOT / "script").rglob("*.py")} | {"compose", "scripts", "production_boot"}
    for path in (ROOT / "tests" / app).glob("test_*.py"):
        if path.stem not in MIRRORS_NOTHING and path.stem.removeprefix("test_") not in known:
            strangers.append(named(path))
    assert strangers == []


def test_names_tests_as_sentences():
    short = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name.count("_") < 2:
                short.append(f"{named(path)}:{node.lineno} {node.name}")
    assert short == []


def test_declares_routes_only_with_their_audience():
    """`path()` stands only in the root of the routes; each app declares with `people.access.route`."""
    plain = re.compile(r"(?<![\w.])(?:re_)?path\(")
    own = {"portal/urls.py", "people/access.py"}
    files = [p for p in python_files() if p.stem.endswith(("urls", "routes")) and named(p) not in own]
    assert [name for name in _offences(plain, files) if name not in own] == []
