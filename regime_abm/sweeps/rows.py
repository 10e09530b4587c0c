"""The tables of a sweep: one row a run, one a run and recorded month, one a run, month and pair of states.

Every table has the column `run`, the number of the run in the sweep; with it they are joined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.design import Block, Cells
from regime_abm.ensemble import Chunk
from regime_abm.measures import MEASURES
from regime_abm.measures.history import History
from regime_abm.measures.outcome import KEYS
from regime_abm.measures.regime import LEGS, RELAPSES, spells, time_to_emergence
from regime_abm.plan import Record

if TYPE_CHECKING:
    import pyarrow as pa

DECIMALS = 4  # of series: finer than any measure is meant, and it halves the file
DYADS = {"severity": np.int8, "hostility": np.int8, "trust": np.float32, "talks": np.bool_, "alliance": np.bool_}


def recorded_months(months: int, every: int) -> np.ndarray:
    """The months that are kept: the start, every n-th, and the last.

    >>> recorded_months(25, 12).tolist()
    [0, 12, 24, 25]
    """
    return np.unique(np.append(np.arange(0, months + 1, every), months))


def schemas(cells: Cells, record: Record) -> dict[str, pa.Schema]:
    """Kind of table -> its columns."""
    import pyarrow as pa

    text = pa.string()
    runs = [("run", pa.int64()), ("cell", pa.int64()), ("scenario", text), ("preset", text)]
    runs += [("replicate", pa.int64()), ("seed", pa.int64()), *((name, pa.float64()) for name in cells.columns)]
    runs += [("outcome", text), ("ever_war", pa.bool_()), ("ever_regime", pa.bool_()), ("regimes", pa.int16())]
    runs += [("months_in_regime", pa.int16()), ("relapse", text), ("quiet_is_not_a_regime", pa.bool_())]
    runs += [("first_regime", pa.int16()), *((f"first_{key}", pa.int16()) for key in KEYS)]
    runs += [*((f"leg_{leg.key}", pa.bool_()) for leg in LEGS), *((name, pa.float64()) for name in MEASURES)]
    found = {"runs": pa.schema(runs)}
    if record.series_every is not None:
        kinds = [("run", pa.int64()), ("month", pa.int16()), ("outcome", text)]
        found["series"] = pa.schema([*kinds, *((name, pa.float32()) for name in measures_of(record))])
    if record.dyads_every is not None:
        kinds = [("run", pa.int64()), ("month", pa.int16()), ("state", text), ("other", text)]
        found["dyads"] = pa.schema([*kinds, *((name, pa.from_numpy_dtype(kind)) for name, kind in DYADS.items())])
    return found


def measures_of(record: Record) -> tuple[str, ...]:
    """The measures that are kept as series."""
    return tuple(MEASURES if record.measures is None else record.measures)


def run_table(cells: Cells, block: Block, chunk: Chunk, schema: pa.Schema) -> pa.Table:
    """One row a run."""
    runs = np.arange(block.first, block.first + block.runs)
    variant, first, _ = cells.place(block.first)
    cell, replicate = np.divmod(runs, cells.replicates)
    columns: dict[str, Any] = {"run": runs, "cell": cell, "replicate": replicate}
    columns["scenario"] = np.full(len(runs), cells.variants[variant].scenario.name)
    columns["preset"] = np.full(len(runs), cells.variants[variant].preset)
    columns["seed"] = np.full(len(runs), cells.seed)
    values = cells.values(first, int(cell[-1]) - first + 1)
    columns |= {name: value[cell - first] for name, value in values.items()}
    columns["outcome"] = np.array(KEYS)[chunk.outcome[:, -1]]
    columns["ever_war"] = (chunk.outcome == KEYS.index("war")).any(axis=1)
    columns |= _regimes(chunk)
    for place, key in enumerate(KEYS):
        columns[f"first_{key}"] = _first(chunk.outcome == place)
    for bit, leg in enumerate(LEGS):
        columns[f"leg_{leg.key}"] = (chunk.legs[:, -1] >> bit) & 1 > 0
    columns |= {name: chunk.series[name][:, -1] for name in MEASURES}
    return _table(columns, schema)


def _regimes(chunk: Chunk) -> dict[str, np.ndarray]:
    """What became of the security regimes of each run."""
    found, runs = spells(chunk), chunk.count
    relapse = np.zeros(runs, np.int8)
    ended = found.cause > 0
    relapse[found.future[ended]] = found.cause[ended]  # the last one that ended
    return {
        "ever_regime": chunk.regime.any(axis=1),
        "regimes": np.bincount(found.future, minlength=runs),
        "months_in_regime": chunk.regime.sum(axis=1),
        "relapse": np.array(RELAPSES)[relapse],
        "quiet_is_not_a_regime": chunk.quiet[:, -1],
        "first_regime": np.ma.masked_equal(time_to_emergence(chunk), -1),
    }


def _first(reached: np.ndarray) -> np.ma.MaskedArray:
    """(R,) the first month in which something is so; masked where it never is."""
    return np.ma.array(reached.argmax(axis=1), mask=~reached.any(axis=1))


def series_table(block: Block, chunk: Chunk, record: Record, schema: pa.Schema) -> pa.Table:
    """One row a run and recorded month."""
    import pyarrow as pa

    months = recorded_months(chunk.outcome.shape[1] - 1, record.series_every or 1)
    runs = np.arange(block.first, block.first + block.runs)
    columns: dict[str, Any] = {"run": np.repeat(runs, len(months)), "month": np.tile(months, len(runs))}
    # in the first month nothing has happened yet, so there is no class
    codes = np.ma.masked_equal(chunk.outcome[:, months].ravel(), -1)
    columns["outcome"] = pa.array(KEYS).take(_array(codes, pa.int8()))
    for name in measures_of(record):
        columns[name] = rounded(chunk.series[name][:, months]).ravel()
    return _table(columns, schema)


def rounded(values: np.ndarray) -> np.ndarray:
    """Values as they are kept in series: float32, to 1e-4.

    >>> rounded(np.array([0.123456, np.nan])).tolist()
    [0.12349999696016312, nan]
    """
    return np.round(values, DECIMALS).astype(np.float32)


def dyads(history: History, every: int) -> dict[str, np.ndarray]:
    """What is kept of every ordered pair of states: name -> (R, months kept, pairs)."""
    months = recorded_months(history.months, every)
    i, j = np.nonzero(~np.eye(len(history.names.states), dtype=bool))
    return {name: np.ascontiguousarray(history[name][months][:, :, i, j].swapaxes(0, 1)) for name in DYADS}


def dyad_table(block: Block, chunk: Chunk, states: Sequence[str], every: int, schema: pa.Schema) -> pa.Table:
    """One row a run, recorded month and ordered pair of states."""
    import pyarrow as pa

    kept: Mapping[str, np.ndarray] = chunk.kept
    months = recorded_months(chunk.outcome.shape[1] - 1, every)
    i, j = np.nonzero(~np.eye(len(states), dtype=bool))
    shape = (block.runs, len(months), len(i))
    runs = np.arange(block.first, block.first + block.runs)
    columns: dict[str, Any] = {
        "run": np.broadcast_to(runs[:, None, None], shape).ravel(),
        "month": np.broadcast_to(months[:, None], shape).ravel(),
    }
    for name, places in (("state", i), ("other", j)):
        columns[name] = pa.array(list(states)).take(pa.array(np.broadcast_to(places, shape).ravel()))
    columns |= {name: values.ravel() for name, values in kept.items()}
    columns["trust"] = rounded(columns["trust"])
    return _table(columns, schema)


def _table(columns: Mapping[str, Any], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    return pa.table({field.name: _array(columns[field.name], field.type) for field in schema}, schema)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if isinstance(values, pa.Array):
        return values
    if isinstance(values, np.ma.MaskedArray):
        return pa.array(values.data.astype(kind.to_pandas_dtype()), kind, mask=np.ma.getmaskarray(values))
    if pa.types.is_string(kind):
        return pa.array(values, kind)
    return pa.array(values.astype(kind.to_pandas_dtype(), copy=False), kind)
