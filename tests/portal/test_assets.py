"""What the browser gets: nothing inline, every icon there, files as vendored and of a size that can be read."""

import importlib.util
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*="),
    "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']"),
    "inline script": re.compile(r"<script(?![^>]*(\bsrc=|application/json))[^>]*>"),
    "style element": re.compile(r"<style\b"),
    "unescaped value": re.compile(r"\|\s*safe\b|autoescape off"),
    "htmx that needs eval": re.compile(r"hx-on\b|hx-vals=[\"']js:"),
    "address that misses the hash of production": re.compile(r"[\"']/static/"),
}


def vendor():
    spec = importlib.util.spec_from_file_location("vendor", ROOT / "script" / "vendor.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_a_template_holds_nothing_that_the_policy_forbids(path):
    text = path.read_text("utf-8")
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


def _takes_the_token(tag: str) -> bool:
    """Say whether an htmx request of an element would use up the once-token that its form's submit needs."""
    address, action = (re.search(rf'\s{name}="([^"]*)"', tag) for name in ("hx-post", "action"))
    is_submit = address and action and address[1] == action[1] and "hx-trigger" not in tag
    return not is_submit and 'hx-params="not _once"' not in tag


def test_what_is_sent_beside_the_submit_leaves_the_forms_token_alone():
    sending = re.compile(r"<[a-z]+\b[^<]*?\shx-(?:post|put|patch|delete)=[^<]*?>(?=\s|<|{|$)")
    tags = [tag for path in TEMPLATES for tag in sending.findall(path.read_text("utf-8"))]
    assert len(tags) >= 3
    assert [tag for tag in tags if _takes_the_token(tag)] == []


def test_every_icon_that_is_named_is_in_the_sprite():
    sprite = set(re.findall(r'symbol id="([^"]+)"', (STATIC / "vendor/tabler-icons/icons.svg").read_text("utf-8")))
    named = set()
    for path in TEMPLATES:
        named |= set(re.findall(r'{%\s*icon\s+"([a-z0-9-]+)"', path.read_text("utf-8")))
    for path in ROOT.glob("*/modules.py"):
        named |= set(re.findall(r'icon="([a-z0-9-]+)"', path.read_text("utf-8")))
    assert named - sprite == set()


def test_third_party_files_are_what_the_manifest_says():
    assert vendor().check() == []


def test_a_changed_or_stray_file_is_named(tmp_path):
    (tmp_path / "a.js").write_text("1")
    (tmp_path / "manifest.json").write_text('{"files": {"a.js": {"sha256": "0"}, "b.js": {"sha256": "0"}}}')
    (tmp_path / "c.js").write_text("1")
    assert vendor().check(tmp_path) == ["missing: b.js", "not in the manifest: c.js", "changed: a.js"]


@pytest.mark.parametrize("path", sorted(STATIC.glob("js/*.js")), ids=lambda p: p.name)
def test_a_script_of_ours_is_short_and_needs_no_eval(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 150
    assert not re.search(r"\beval\(|new Function|innerHTML|\.style\b.*cssText", text)


@pytest.mark.parametrize("path", sorted(STATIC.glob("css/*.css")), ids=lambda p: p.name)
def test_a_style_sheet_is_under_five_hundred_lines_and_fetches_nothing_from_elsewhere(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 500
    assert "http" not in text
