"""Tables as files: read back equal, no cell a formula, whole or not at all."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.errors import InputError
from regime_abm.tables import as_it_was, find_table, harmless, read_table, refuse_existing, without_nan, write_table

FORMULAS = (
    "=1+1",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        *FORMULAS,
        "'=x",
        "''=x",
        "'",
        "''",
        '"',
        '"=1"',
        "a,b",
        "a\nb",
        "a\r\nb",
        " =1",
        "1",
        "NA",
        "nan",
        "True",
        "",
        "\x00",
        "\ufeff",
    ]
)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


@given(WORDS)
def test_a_harmless_cell_begins_no_formula_and_is_undone(word):
    cell = harmless(word)
    assert cell[:1] not in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
    assert as_it_was(cell) == word
    assert cell in (word, f"'{word}")


@given(
    st.lists(st.tuples(WORDS, NUMBERS, st.integers(-(10**17), 10**17), st.booleans()), max_size=8),
    st.lists(WORDS, min_size=4, max_size=4, unique=True),
)
def test_csv_is_read_back_equal(tmp_path_factory, rows, names):
    text, number, whole, flag = names
    table = pd.DataFrame(
        {
            text: pd.Series([row[0] for row in rows], dtype=object),
            number: np.array([row[1] for row in rows], float),
            whole: np.array([row[2] for row in rows], np.int64),
            flag: np.array([row[3] for row in rows], bool),
        }
    )
    path = write_table(table, tmp_path_factory.mktemp("csv") / "table.csv")
    found = read_table(path, text=(text,))
    assert found.columns.tolist() == names
    assert found[text].tolist() == table[text].tolist()
    if rows:
        assert found[number].to_numpy(float) == pytest.approx(table[number].to_numpy(), abs=0, rel=0, nan_ok=True)
        assert found[whole].tolist() == table[whole].tolist()
        assert found[flag].tolist() == table[flag].tolist()


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_no_cell_that_a_spreadsheet_sees_begins_like_a_formula(tmp_path_factory, words):
    table = pd.DataFrame({"=a": words, "b": np.arange(len(words)) - 2.5})
    path = write_table(table, tmp_path_factory.mktemp("csv") / "table.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["'=a", "b"]
    for row in rows[1:]:
        assert row[0][:1] not in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
        float(row[1])  # a negative number stays one


def test_the_bytes_are_plain_utf8_with_one_line_end(tmp_path):
    table = pd.DataFrame({"name": ["Mongolia", "\u6771\u4eac"], "value": [-0.5, np.nan], "count": [1, -2]})
    path = write_table(table, tmp_path / "table.csv")
    assert path.read_bytes() == '"name","value","count"\n"Mongolia",-0.5,1\n"\u6771\u4eac","",-2\n'.encode()


def test_a_file_of_somebody_else_is_read_too(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xef\xbb\xbfrun,value,kind,flag\r\n1,NA,a,True\r\n2,1e-3,1_000,False\r\n")
    found = read_table(path)
    assert found.columns.tolist() == ["run", "value", "kind", "flag"]
    assert found.run.tolist() == [1, 2]
    assert np.isnan(found.value[0])
    assert found.value[1] == 0.001
    assert found.kind.tolist() == ["a", "1_000"]
    assert found.flag.tolist() == [True, False]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", r"cannot be read as a table \(it is empty\)"),
        (b"a,b\n1\n", r"cannot be read as a table \(row 2 has 1 cells, not 2\)"),
        (b"a,a\n1,2\n", r"cannot be read as a table \(a column is there twice\)"),
        (b'a\n"x\n', "cannot be read as a table"),
        (b"a\n\xff\n", "cannot be read as a table"),
    ],
)
def test_what_is_no_table_is_said_in_one_line(tmp_path, content, said):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        read_table(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_either_format_says_what_is_missing_or_in_the_way(tmp_path, name):
    with pytest.raises(InputError, match="there is no such file"):
        read_table(tmp_path / name)
    table = pd.DataFrame({"a": [1.5, -2.0], "b": ["x", "=y"]})
    write_table(table, tmp_path / name)
    assert read_table(tmp_path / name).to_dict("list") == table.to_dict("list")
    for act in (lambda: write_table(table, tmp_path / name), lambda: refuse_existing(tmp_path / name)):
        with pytest.raises(InputError, match="is there already; nothing was written"):
            act()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert find_table(tmp_path, "table").equals(read_table(tmp_path / name))
    assert find_table(tmp_path, "other") is None


def test_where_it_cannot_be_written_is_said_before_any_work(tmp_path):
    for act in (refuse_existing, read_table, lambda path: write_table(pd.DataFrame({"a": [1]}), path)):
        with pytest.raises(InputError, match=r"a table ends in \.csv or \.parquet"):
            act(tmp_path / "table.xlsx")
    with pytest.raises(InputError, match="there is no folder"):
        refuse_existing(tmp_path / "nowhere" / "table.csv")


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_nonsense_is_no_table(tmp_path, name):
    (tmp_path / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read as a table") as caught:
        read_table(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_table(tmp_path):
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(InputError, match="cannot be read as a table"):
        read_table(tmp_path / "table.csv")


def test_what_is_not_known_is_null_for_json():
    table = pd.DataFrame({"parameter": ["a", "b"], "value": [1.0, np.nan]})
    assert without_nan(table)[1] == {"parameter": "b", "value": None}


def test_a_flipped_byte_in_parquet_is_noticed(tmp_path):
    path = write_table(pd.DataFrame({"a": np.arange(1000.0)}), tmp_path / "table.parquet")
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"table\.parquet: cannot be read as a table"):
        read_table(path)
