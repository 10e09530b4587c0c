"""Write the golden results again: ``python -m tests.golden``. Do so only when the model is meant to behave differently,
and say in the changelog which outcome moved and by how much."""

from __future__ import annotations

from tests.golden.distribution import FILE, measured, written


def main() -> None:
    FILE.write_text(written(measured()), "utf-8")
    print(f"wrote {FILE}")


if __name__ == "__main__":
    main()
