"""`plot`, `export` and `run --format`, in a process of their own."""

from __future__ import annotations

import pytest

from tests.cli.test_commands import TRIO, good, regime


def test_a_scenario_is_run_and_drawn(tmp_path):
    path = tmp_path / "fan.svg"
    said = good("plot", TRIO, "--chart", "fan", "-n", "5", "--months", "6", "-o", str(path))
    assert "how 5 futures spread" in said
    assert path.read_bytes().startswith(b"<?xml")


def test_a_folder_is_drawn_in_any_format_and_against_a_scenario(tmp_path):
    out = tmp_path / "run"
    good("run", TRIO, "-n", "6", "--months", "6", "--out", str(out), "--format", "csv")
    assert (out / "shares_by_month.csv").read_text().startswith('"month","date","outcome","count","share"\n1,"2000-02"')
    assert not list(out.glob("*.parquet"))
    good("plot", str(out), "--chart", "shares", "-o", str(tmp_path / "shares.html"))
    assert (tmp_path / "shares.html").stat().st_size > 4_000_000
    same = regime("plot", str(out), "--chart", "shares", "-o", str(tmp_path / "shares.html"))
    assert (same.returncode, same.stderr.count("\n")) == (2, 1)
    assert "is there already" in same.stderr


def test_a_preset_is_drawn_against_none(tmp_path):
    words = ["plot", TRIO, "--chart", "flow", "--against-preset", "sceptic", "-n", "5", "--months", "6"]
    assert "Where the same 5 futures end" in good(*words, "-o", str(tmp_path / "flow.csv"))
    assert (tmp_path / "flow.csv").read_text().startswith('"from","to","count"')


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--chart", "shars", "-o", "x.svg"], "unknown chart 'shars'; did you mean \"shares\"?"),
        (["--chart", "fan", "--measure", "reciprocty", "-o", "x.svg"], 'did you mean "reciprocity"?'),
        (["-o", "x.gif"], "x.gif: a figure ends in .html, .svg, .png, .pdf or .csv"),
        ([], "Missing option '--output'"),
    ],
)
def test_a_wrong_word_is_one_line_and_nothing_is_run(tmp_path, words, said):
    done = regime("plot", TRIO, *words, "-n", "1000000", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_finished_run_takes_no_options_of_a_run(tmp_path):
    (tmp_path / "summary.json").write_text("{}")
    for words, said in ((["--seed", "3"], "seed: a finished run has its own"), (["--preset", "sceptic"], "--preset: ")):
        done = regime("plot", str(tmp_path), *words, "-o", str(tmp_path / "x.csv"))
        assert done.returncode == 2
        assert said in done.stderr


def test_what_compares_and_what_finds_influence_draw_too(tmp_path):
    other = tmp_path / "other.toml"
    other.write_text(f'schema = 1\nextends = "{TRIO}"\ntitle = "Other"\n[parameters]\n"trust.asymmetry" = 4.0\n')
    words = ["-n", "5", "--months", "6", "--figure"]
    assert "figure in" in good("compare", TRIO, str(other), *words, str(tmp_path / "flow.csv"))
    assert (tmp_path / "flow.csv").read_text().startswith('"from","to","count"')
    few = ["--samples", "2", "--parameter", "trust.asymmetry", "--outcome", "no_force"]
    assert "figure in" in good("sensitivity", TRIO, *few, *words, str(tmp_path / "tornado.csv"))
    assert (tmp_path / "tornado.csv").read_text().startswith('"parameter","effect","low","high","meaning"')
    again = regime("compare", TRIO, str(other), *words, str(tmp_path / "flow.csv"))
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)


def test_a_network_is_exported(tmp_path):
    path = tmp_path / "network.graphml"
    said = good("export", TRIO, "--month", "2000-06", "--mean", "4", "-o", str(path))
    assert "the mean of 4 futures in 2000-06" in said
    assert b"graphml" in path.read_bytes()[:200]
    assert regime("export", TRIO, "--month", "2000-06", "-o", str(path)).returncode == 2


def test_the_charts_are_listed():
    assert "first_passage" in good("show", "charts")
    assert regime("run", TRIO, "--format", "xlsx").stderr.startswith(
        "regime-abm: --format: 'xlsx' is not parquet or csv"
    )
