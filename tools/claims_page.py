"""Put what `regime-abm claims --out FOLDER` found into the documentation: docs/claims.md, and its table
under docs/claims/.

``python -m tools.claims_page FOLDER``. The command that makes the folder again stands on the page.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from regime_abm.store import durable  # noqa: E402

TABLE = "claims.csv"


def main(words: Sequence[str] | None = None, docs: Path = ROOT / "docs") -> int:
    """Copy page and table; 2 for a folder that holds none, or only some of the claims."""
    given = list(sys.argv[1:] if words is None else words)
    if len(given) != 1 or not (Path(given[0]) / "claims.md").is_file():
        print("usage: python -m tools.claims_page FOLDER (of `regime-abm claims --full --out FOLDER`)", file=sys.stderr)
        return 2
    folder = Path(given[0])
    left = json.loads((folder / "claims.json").read_text("utf-8"))["left_out"]
    if left:
        print(f"{folder}: {', '.join(left)} left out; run all claims first", file=sys.stderr)
        return 2
    (docs / "claims").mkdir(exist_ok=True)
    durable.write(docs / "claims" / TABLE, (folder / TABLE).read_bytes())
    durable.write(docs / "claims.md", (folder / "claims.md").read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
