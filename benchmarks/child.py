"""Runs futures in a fresh process and tells as JSON what that took, and whether Mesa was imported.

python -m benchmarks.child baseline_2018 1000
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path


def peak_megabytes() -> float:
    """Largest resident memory of this process so far.

    From the kernel's record of this program where there is one: getrusage also counts what the parent held
    before it started this program. macOS counts bytes, others kilobytes.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def main() -> None:
    scenario, replicates = sys.argv[1], int(sys.argv[2])
    from regime_abm import api

    api.run(scenario, replicates=2, months=2)  # imports and files read
    before = time.process_time()
    result = api.run(scenario, replicates=replicates)
    print(
        json.dumps(
            {
                "seconds": result.seconds,
                "processor_seconds": time.process_time() - before,
                "megabytes": peak_megabytes(),
                "mesa": any(name.partition(".")[0] == "mesa" for name in sys.modules),
                "months": result.months,
            }
        )
    )


if __name__ == "__main__":
    main()
