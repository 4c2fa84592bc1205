"""Looks for unreachable cycles less often: what was loaded to begin with stays, and tests are short (a tenth of the time)."""

import gc


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
