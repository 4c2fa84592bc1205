"""`script/test`: all checks, then the whole suite on servers of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time

from portal_dev import check, services
from portal_dev.children import Children
from portal_dev.console import Failure, fail, paint, say, step
from portal_dev.environment import PYTHON, ROOT
from portal_dev.home import AlreadyRunning, Home

HOW_TO_GET_IT = "Get it with: apt-get install chromium fonts-noto-cjk"
PACKAGES = ("chromium-headless-shell", "chromium")
"""Debian's; the first has no windows, starts and draws with less work, and is missing in older releases."""
BROWSERS = (*PACKAGES, "chromium-browser", "google-chrome")


def _browser() -> None:
    """Make sure there is a Chromium: root on Debian installs it, others are told how."""
    if os.environ.get("PORTAL_CHROMIUM") or any(map(shutil.which, BROWSERS)):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        say(f"  {paint('!', 'yellow')} No Chromium: browser tests are skipped. {HOW_TO_GET_IT}")
        return
    with step("Chromium and Chinese fonts (apt-get)") as current:
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

        def runs(*arguments: str) -> bool:
            command = ["apt-get", "--yes", "--no-install-recommends", *arguments]
            return not subprocess.run(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode

        runs("update")
        if not any(runs("install", package, "fonts-noto-cjk") for package in PACKAGES):
            current.note = "failed: browser tests are skipped"


def _environment(addresses: services.Addresses) -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {
        "DATABASE_URL": addresses.database,
        "DATABASE_OWNER_URL": addresses.owner,
        "REDIS_URL": addresses.redis,
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
    }


def _pytest(addresses: services.Addresses, arguments: list[str], *, full: bool) -> int:
    env = _environment(addresses)
    if full:
        env["PORTAL_FULL"] = "1"
    given = any(argument.startswith("-n") or argument in ("--dist", "--pdb") for argument in arguments)
    parallel = [] if given else [f"-n{min(os.cpu_count() or 2, 8)}", "--dist=worksteal"]
    command = [str(PYTHON), "-m", "pytest", *parallel, *arguments]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for pytest, which ends first; then we stop the servers
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    try:
        return process.wait()
    finally:
        process.terminate()  # no more than a word to one that has ended


def main() -> None:
    """Entry of `script/test`; arguments other than --full and --no-check go to pytest."""
    began = time.monotonic()
    arguments = [argument for argument in sys.argv[1:] if argument not in ("--full", "--no-check")]
    home = Home("test")
    try:
        home.lock()
    except AlreadyRunning as other:
        raise Failure(f"script/test is already running in this folder (process {other.holder.get('pid')}).") from None
    say(paint("Servers", "bold"))
    _browser()
    children = Children(home)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    try:
        addresses = services.start(home, children, throwaway=True)
        # The tests' database is built while the checks run; pytest waits for it, and builds it where this fails.
        build = [str(PYTHON), "-m", "tests.plugins.database"]
        quiet = subprocess.DEVNULL
        builder = subprocess.Popen(build, cwd=ROOT, env=_environment(addresses), stdout=quiet, stderr=quiet)
        if "--no-check" not in sys.argv and not check.run():
            builder.terminate()
            sys.exit(1)
        say(paint("Tests", "bold"))
        code = _pytest(addresses, arguments, full="--full" in sys.argv)
    finally:
        children.stop()
    say(
        f"\n{paint('✓', 'green') if code == 0 else paint('✗', 'red')} script/test took {time.monotonic() - began:.0f} s"
    )
    sys.exit(code)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        fail(failure)
