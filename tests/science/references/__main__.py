"""Print each published result that hangs on luck, what is found, and its band; exit code 1 if one is missed."""

from __future__ import annotations

import sys

from tests.science.references.results import RESULTS

if __name__ == "__main__":
    missed = 0
    for item in RESULTS:
        found = item.find()
        met = item.low <= found <= item.high
        missed += not met
        size = f"N = {item.n}" if item.n else "infinite"
        print(
            f"{'met   ' if met else 'MISSED'} {size:>8}  {found:8.3f}  {item.low:.3f} to {item.high:.3f}  {item.title}",
            flush=True,
        )
    print(f"{len(RESULTS)} published results, {missed} missed")
    sys.exit(missed > 0)
