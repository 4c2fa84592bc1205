"""How long `script/server` takes until it answers: on the first start of a fresh clone, and on the second.

The floor is the start of a Python that imports Django and reads the settings, measured here and now.
"""

import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from portal_dev.bench import Result
from portal_dev.environment import ROOT

SECOND_START_LIMIT = 10.0
READY = re.compile(r"Ready")


def _start(clone: Path) -> float:
    """Start, wait for the address, stop; return the seconds until it was shown."""
    began = time.monotonic()
    command = [str(clone / "script" / "server"), "--port", "8900"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=clone)
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if READY.search(line):
            break
    else:
        raise SystemExit("".join(said))
    seconds = time.monotonic() - began
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    return seconds


def _floor() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "manage.py", "version"], cwd=ROOT, check=True, capture_output=True)
    return time.monotonic() - began


def run() -> Result:
    """Clone the committed tree into an empty folder and start it twice."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first, second, floor = _start(clone), _start(clone), _floor()
    rows = [["first start", f"{first:.1f}"], ["second start", f"{second:.1f}"], ["django alone", f"{floor:.1f}"]]
    if second > SECOND_START_LIMIT:
        raise SystemExit(f"The second start took {second:.1f} s; it must stay below {SECOND_START_LIMIT:.0f} s.")
    return Result(["what", "seconds"], rows, ratio=second / floor, floor=f"{floor:.2f}s")
