"""Tables as files: whole or not at all, nothing overwritten, no cell a formula."""

from __future__ import annotations

import pandas as pd
import pytest

from regime_abm.errors import InputError
from regime_abm.tables import read_table, refuse_existing, without_nan, write_table

TABLE = pd.DataFrame({"parameter": ["trust.learning", "=1+1", "-x", "@y"], "value": [-0.5, 1.0, float("nan"), 3.0]})


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_what_is_written_is_read(tmp_path, name):
    write_table(TABLE.head(1), tmp_path / name)
    assert read_table(tmp_path / name).equals(TABLE.head(1))
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_no_cell_of_a_csv_is_a_formula_and_numbers_stay_numbers(tmp_path):
    write_table(TABLE, tmp_path / "t.csv")
    lines = (tmp_path / "t.csv").read_text("utf-8").splitlines()
    assert lines[1:] == ["trust.learning,-0.5", "'=1+1,1.0", "'-x,", "'@y,3.0"]


def test_what_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "t.csv").write_text("mine")
    with pytest.raises(InputError, match="is there already"):
        write_table(TABLE, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == "mine"


def test_where_it_cannot_be_written_is_said_before_any_work(tmp_path):
    with pytest.raises(InputError, match=r"a table ends in \.csv or \.parquet"):
        refuse_existing(tmp_path / "t.xlsx")
    with pytest.raises(InputError, match="there is no folder"):
        refuse_existing(tmp_path / "nowhere" / "t.csv")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("t.csv", None, "there is no such file"),
        ("t.parquet", None, "there is no such file"),
        ("t.parquet", b"no parquet", "cannot be read as a table"),
        ("t.csv", b"", "cannot be read as a table"),
        ("t.csv", b"a,b\n1,2,3\n4,5,6,7\n", "cannot be read as a table"),
        ("t.csv", b"\xff\xfe\x00", "cannot be read as a table"),
        ("t.txt", b"a", "a table ends in"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path, name, content, told):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=told) as caught:
        read_table(path)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_table(tmp_path):
    (tmp_path / "sweep.csv").mkdir()
    with pytest.raises(InputError, match="cannot be read as a table"):
        read_table(tmp_path / "sweep.csv")


def test_what_is_not_known_is_null_for_json():
    assert without_nan(TABLE)[2] == {"parameter": "-x", "value": None}
