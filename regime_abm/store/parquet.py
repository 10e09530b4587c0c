"""Tables as parquet bytes: equal tables give equal bytes, and every page carries a checksum that is looked at on reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds

# Measured on 10,000 futures of 12 series: 0.4 s and 19 MB; a higher level takes longer and saves little.
_WRITE: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "write_page_checksum": True}


@dataclass(frozen=True)
class Encoded:
    """A table as it goes to the disk."""

    data: bytes
    rows: int
    schema: pa.Schema


def encode(table: pa.Table) -> Encoded:
    """The table as parquet; how it was put together from pieces, and what made it, leaves no trace in the bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = table.replace_schema_metadata(None).combine_chunks()
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, row_group_size=max(table.num_rows, 1), **_WRITE)
    return Encoded(sink.getvalue().to_pybytes(), table.num_rows, table.schema)


def join(pieces: Sequence[Encoded]) -> Encoded:
    """One table of several, in this order, as if it had been written in one piece."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if len(pieces) == 1:
        return pieces[0]
    return encode(pa.concat_tables([pq.read_table(pa.BufferReader(piece.data)) for piece in pieces]))


def schema_of(path: Path) -> pa.Schema:
    """The columns of a file, without reading its rows."""
    import pyarrow.parquet as pq

    return pq.read_schema(path).remove_metadata()


def dataset(paths: Sequence[Path]) -> ds.Dataset:
    """Files of the same columns as one lazy table, in this order."""
    import pyarrow.dataset as ds

    scan = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    style = ds.ParquetFileFormat(default_fragment_scan_options=scan)
    return ds.dataset([str(path) for path in paths], schema=schema_of(paths[0]), format=style)
