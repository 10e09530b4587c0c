"""What a test reads off the page."""

from __future__ import annotations

import numpy as np

MINUS = "\N{MINUS SIGN}"


def month(page) -> int:
    return int(page.get_attribute(".watch", "data-month"))


def wait_month(page, wanted: int, seconds: float = 20) -> None:
    page.wait_for_function(
        f"document.querySelector('.watch').dataset.month == '{wanted}'", timeout=seconds * 1000
    )


def table(page) -> np.ndarray:
    """The matrix that the page shows as a table, diagonal 0."""
    if not page.evaluate("document.querySelector('.as-table').open"):
        page.click(".as-table summary")
        page.wait_for_selector(".matrix tbody tr")
    rows = page.eval_on_selector_all(
        ".matrix tbody tr", "rows => rows.map(r => [...r.querySelectorAll('td')].map(c => c.textContent))"
    )
    return np.array([[float(cell.replace(MINUS, "-") or 0) for cell in row] for row in rows])


def values(page) -> dict[str, str]:
    """Measure -> the number beside its title."""
    return page.eval_on_selector_all(
        ".chart",
        "all => Object.fromEntries(all.map(c => [c.dataset.measure, c.querySelector('.now').textContent]))",
    )


def wait_futures(page, wanted: int = 1000) -> None:
    page.wait_for_function(
        f"+document.querySelector('.count').textContent.replace(/,/g, '').split(' ')[0] >= {wanted}",
        timeout=120_000,
    )


def ink(page, selector: str) -> int:
    """Pixels of a canvas that are not empty."""
    return page.eval_on_selector(
        selector,
        "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; }",
    )
