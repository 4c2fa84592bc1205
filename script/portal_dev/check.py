"""`script/check`: every check that needs no running server."""

import argparse
import base64
import json
import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from portal_dev.console import paint, say
from portal_dev.environment import PYTHON, ROOT

DOMAIN = ["core", "people", "messaging", "stations", "jobs", "unemployment", "subsidies", "portal"]
KEY = json.dumps({"check": base64.b64encode(secrets.token_bytes(32)).decode()})
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "ALLOWED_HOSTS": "portal.example.org",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "DATA_KEYS": KEY,
    "DATA_KEY_CURRENT": "check",
    "INDEX_KEYS": KEY,
    "INDEX_KEY_CURRENT": "check",
    "DATABASE_URL": "postgres://portal_app@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SMS_GATEWAY": "http",
    "SMS_HTTP_URL": "https://sms.example.org/send",
    "SMS_HTTP_SECRET": secrets.token_urlsafe(32),
}


def _checks(*, fast: bool) -> list[tuple[str, list[str], dict[str, str]]]:
    python = str(PYTHON)
    ruff = [python, "-m", "ruff"]
    checks: list[tuple[str, list[str], dict[str, str]]] = [
        ("ruff: lint", [*ruff, "check", "."], {}),
        ("ruff: format", [*ruff, "format", "--check", "--quiet", "."], {}),
    ]
    if fast:
        return checks
    bin_ = PYTHON.parent
    test = {"DJANGO_SETTINGS_MODULE": "portal.settings.test"}
    checks += [
        ("import-linter: floors", [str(bin_ / "lint-imports"), "--no-logo"], test),
        ("mypy", [python, "-m", "mypy", *DOMAIN], test),
        ("djlint: templates", [str(bin_ / "djlint"), "--lint", "--quiet", "templates"], {}),
        (
            "migrations match the models",
            [python, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"],
            test,
        ),
        ("production settings", [python, "manage.py", "check", "--deploy", "--fail-level=WARNING"], PRODUCTION),
        ("requirements fit together", [python, "-m", "pip", "check"], {}),
    ]
    if (ROOT / "script" / "vendor.py").exists():
        checks.append(("vendored assets", [python, "script/vendor.py", "--check"], {}))
    return checks


def _time(check: tuple[str, list[str], dict[str, str]]) -> tuple[float, "subprocess.CompletedProcess[str]"]:
    _, command, variables = check
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | variables
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    return time.monotonic() - began, done


def run(*, fast: bool = False) -> bool:
    """Run all, print what fails in full, and tell whether all passed."""
    say(paint("Checks", "bold"))
    failed = []
    checks = _checks(fast=fast)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for (name, _, _), (seconds, done) in zip(checks, pool.map(_time, checks), strict=True):
            mark = paint("✗", "red") if done.returncode else paint("✓", "green")
            say(f"  {mark} {name:<40}{seconds:7.1f} s")
            if done.returncode:
                failed.append(name)
                say((done.stdout + done.stderr).strip() + "\n")
    if failed:
        say(f"{paint('✗', 'red')} {len(failed)} failed: {', '.join(failed)}")
    return not failed


def main() -> None:
    """Entry of `script/check`."""
    parser = argparse.ArgumentParser(prog="script/check", description="Run every static check.")
    parser.add_argument("--fast", action="store_true", help="only ruff")
    sys.exit(0 if run(fast=parser.parse_args().fast) else 1)


if __name__ == "__main__":
    main()
