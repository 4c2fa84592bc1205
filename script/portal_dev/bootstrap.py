"""Make the virtual environment if need be, then go on in it."""

import os
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent
sys.path[0] = str(SCRIPT)

from portal_dev import environment  # noqa: E402
from portal_dev.console import Failure, fail  # noqa: E402

NEEDS_DEVELOPMENT = {"test", "check", "bench"}


def main(command: str, arguments: list[str]) -> None:
    """Prepare `.venv` for `command` and replace this process by it."""
    python = environment.prepare(development=command in NEEDS_DEVELOPMENT)
    variables = {**os.environ, "PYTHONPATH": str(SCRIPT), "PYTHONUNBUFFERED": "1"}
    os.execve(python, [str(python), "-m", f"portal_dev.{command}", *arguments], variables)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2:])
    except Failure as failure:
        fail(failure)
    except KeyboardInterrupt:
        sys.exit(130)
