"""The virtual environment: made once, brought up to date when the requirements change.

Works where `venv` lacks ensurepip (Debian without python3-venv) and where there is no pip at all.
"""

import contextlib
import fcntl
import hashlib
import html.parser
import importlib.util
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from portal_dev.console import Failure, run, step

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "portal-requirements"
RUNTIME, DEVELOPMENT = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let a second command wait until the first has finished installing."""
    folder = ROOT / ".portal"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint(files: list[Path]) -> str:
    content = b"".join(path.read_bytes() for path in files)
    return hashlib.sha256(content).hexdigest()


def _installed() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def _works() -> bool:
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", "import encodings"], capture_output=True).returncode == 0


def prepare(*, development: bool) -> Path:
    """Make `.venv` with all requirements and return its Python.

    :param development: also install what only the checks and tests need.
    """
    files = [RUNTIME, DEVELOPMENT] if development else [RUNTIME]
    with _one_at_a_time():
        if not _works():
            with step("Virtual environment .venv") as current:
                current.note = _make()
        wanted = {path.name: _fingerprint([path]) for path in files}
        installed = _installed()
        if wanted.items() - installed.items():
            with step(f"Packages of {' and '.join(wanted)}"):
                _install(files)
                STAMP.write_text(json.dumps({**installed, **wanted}))
    return PYTHON


def _make() -> str:
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("ensurepip"):
        done = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)
        if done.returncode == 0:
            return f"Python {sys.version.split()[0]}"
        shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", "--without-pip", VENV], what="Making .venv")
    return f"Python {sys.version.split()[0]}, which has no ensurepip: pip comes from outside .venv"


def _install(files: list[Path]) -> None:
    options = ["install", "--quiet", "--no-input", "--disable-pip-version-check"]
    for path in files:
        options += ["--requirement", str(path)]
    has_pip = [subprocess.run([python, "-m", "pip", "--version"], capture_output=True) for python in _pythons()]
    if has_pip[0].returncode == 0:
        run([PYTHON, "-m", "pip", *options], what="Installing packages")
    elif has_pip[-1].returncode == 0:
        run([sys.executable, "-m", "pip", "--python", PYTHON, *options], what="Installing packages")
    else:
        with tempfile.TemporaryDirectory() as folder:
            wheel = _download_pip(Path(folder))
            pip = [sys.executable, "-m", "pip", "--python", PYTHON, "install", "--quiet", "pip"]
            run(pip, what="Installing pip", env={**os.environ, "PYTHONPATH": str(wheel)})
        run([PYTHON, "-m", "pip", *options], what="Installing packages")


def _pythons() -> list[Path]:
    """The environment's Python and, where this is another one, the one that made it."""
    return [PYTHON, Path(sys.executable)]


class _Links(html.parser.HTMLParser):
    """Collects the links of a package index's page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (link := dict(attrs).get("href")):
            self.found.append(link)


def _download_pip(folder: Path) -> Path:
    """Fetch the newest pip wheel from the package index: a wheel of pip can be run as it is."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    trust = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE"))
    try:
        page = urllib.request.urlopen(index, timeout=60, context=trust).read().decode()
        links = _Links()
        links.feed(page)
        wheels = [link for link in links.found if urllib.parse.urlsplit(link).path.endswith("-py3-none-any.whl")]
        address = urllib.parse.urljoin(index, max(wheels, key=_version))
        content = urllib.request.urlopen(address, timeout=60, context=trust).read()
    except (urllib.error.URLError, ValueError) as problem:
        raise Failure(
            f"{sys.executable} has neither ensurepip nor pip, and pip could not be fetched from {index} ({problem}). "
            "Install one and start again: `apt-get install python3-venv` on Debian or Ubuntu, "
            "or run https://bootstrap.pypa.io/get-pip.py with this Python."
        ) from None
    digest = urllib.parse.urlsplit(address).fragment.removeprefix("sha256=")
    if digest and hashlib.sha256(content).hexdigest() != digest:
        raise Failure(f"The pip wheel at {address} does not have the checksum that the index names. Start again.")
    wheel = folder / Path(urllib.parse.urlsplit(address).path).name
    wheel.write_bytes(content)
    return wheel


def _version(link: str) -> tuple[int, ...]:
    """Order the wheels of pip by release; anything but a final release comes first."""
    number = Path(urllib.parse.urlsplit(link).path).name.split("-")[1]
    parts = number.split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else (0,)
