"""The toy sweep as a program of its own, for tests that kill it, starve it or start it twice.

python -m tests.store.program FOLDER [--resume] [--runs N --chunk N --workers N --seconds S --start spawn --limit BYTES]
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
from pathlib import Path

from regime_abm.errors import DiskFull, InputError, Stopped
from tests.store.toy import sweep, work


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--chunk", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--start", default="spawn")
    parser.add_argument("--executor", default="local")
    parser.add_argument("--scheduler")
    parser.add_argument("--limit", type=int, help="most bytes that a file may have")
    parser.add_argument("--lose-cwd", action="store_true", help="delete the folder that this program is in")
    given = parser.parse_args()
    if given.limit:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (given.limit, resource.RLIM_INFINITY))
    if given.lose_cwd:
        os.rmdir(os.getcwd())
    try:
        found = sweep(
            given.folder,
            functools.partial(work, seconds=given.seconds),
            runs=given.runs,
            chunk=given.chunk,
            resume=given.resume,
            workers=given.workers,
            start=given.start,
            executor=given.executor,
            scheduler=given.scheduler,
            progress=lambda done, wanted: print(f"{done} of {wanted}", flush=True),
        )
    except (InputError, DiskFull, Stopped) as error:
        print(error, file=sys.stderr)
        return getattr(error, "exit_code", 2)
    return 1 if found.failed else 0


if __name__ == "__main__":
    sys.exit(main())
