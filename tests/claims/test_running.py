"""Claims are run: shared arms once, the same bits on any number of workers and after an interruption, and told in full."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from regime_abm import api
from regime_abm.claims import Size, judged, load_claim, running
from regime_abm.claims.running import plan_of, run_arms
from regime_abm.errors import InputError
from tests.claims.tiny import ARMS, HEAD, TEST, claim_file

SIZE = Size(40, 3, seed=5)


@pytest.fixture
def claims(tmp_path):
    """Two claims that share an arm, whatever they call it, and one arm of its own each."""
    other = (
        (HEAD + ARMS + TEST)
        .replace('id = "H1"', 'id = "H2"')
        .replace("arms.shy", "arms.quiet")
        .replace('["shy"]', '["quiet"]')
    )
    other = other.replace("talks in 1-18", "agreements in 1-18").replace('"keen"', '"as_it_is"')
    return [load_claim(claim_file(tmp_path)), load_claim(claim_file(tmp_path, other, "h2"))]


def test_an_arm_that_claims_share_is_run_once(claims, monkeypatch):
    runs = plan_of(claims, SIZE)
    assert runs[0].users == ("H1 shy", "H2 quiet")
    assert runs[0].yardsticks == ("talks in 1-18", "agreements in 1-18")
    assert len(runs) == 3
    counted, plain = [], running.paired
    monkeypatch.setattr(
        running, "paired", lambda arms, *rest, **more: counted.append(arms) or plain(arms, *rest, **more)
    )
    judged(claims, SIZE)
    assert len(counted) == 3


def test_the_planted_claim_is_supported_and_says_by_how_much(claims):
    found = judged(claims[:1], SIZE)["H1"]
    assert found.verdict == "supported"
    assert found.found[0].effect > 0.1
    assert found.found[0].rival == "shy"


def test_workers_and_an_interruption_change_nothing(claims, tmp_path, monkeypatch):
    runs = plan_of(claims, SIZE)
    one = run_arms(runs, SIZE)
    two = run_arms(runs, SIZE, workers=2, folder=tmp_path / "out")
    assert_same(one, two)

    broken = tmp_path / "broken"
    calls, plain = [], running.paired

    def killed(*given, **more):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return plain(*given, **more)

    monkeypatch.setattr(running, "paired", killed)
    with pytest.raises(KeyboardInterrupt):
        run_arms(runs, SIZE, folder=broken)
    assert len(list((broken / "arms").glob("*.parquet"))) == 1
    again = run_arms(runs, SIZE, folder=broken)
    assert len(calls) == 4  # the one that was done is not done again
    assert_same(one, again)
    assert_same(one, run_arms(runs, SIZE, folder=broken))
    assert len(calls) == 4


def assert_same(one, other):
    assert one.keys() == other.keys()
    for key, values in one.items():
        for name in values:
            assert np.array_equal(values[name], other[key][name], equal_nan=True), name


def test_a_broken_file_is_made_anew_and_a_further_yardstick_is_added(claims, tmp_path):
    alone = plan_of(claims[:1], SIZE)
    found = run_arms(alone, SIZE, folder=tmp_path)
    more = run_arms(plan_of(claims, SIZE), SIZE, folder=tmp_path)
    shared = more[alone[0].key] if alone[0].key in more else next(iter(more.values()))
    assert set(found) <= set(more)
    assert {"talks in 1-18", "agreements in 1-18"} == set(more[plan_of(claims, SIZE)[0].key])
    assert shared
    for path in (tmp_path / "arms").glob("*.parquet"):
        path.write_bytes(b"PAR1 and then nothing")
    assert_same(more, run_arms(plan_of(claims, SIZE), SIZE, folder=tmp_path))


def test_other_sizes_and_seeds_do_not_share_files(claims, tmp_path):
    runs = plan_of(claims[:1], SIZE)
    for size in (Size(41, 3, seed=5), Size(40, 4, seed=5), Size(40, 3, seed=6), Size(40, 3, seed=5, months=12)):
        assert {run.key for run in plan_of(claims[:1], size)}.isdisjoint(run.key for run in runs)


def test_the_folder_is_taken_by_one_writer(claims, tmp_path):
    from regime_abm.store import lock

    tmp_path.joinpath("out").mkdir()
    with lock.held(tmp_path / "out"), pytest.raises(InputError, match="is writing here"):
        run_arms(plan_of(claims, SIZE), SIZE, folder=tmp_path / "out")


def test_tables_json_and_page_tell_the_same(tmp_path):
    cut = '[[arms.keen.surgery]]\nmonth = "2001-06"\nquantities = ["will"]\nadd = 0.1\n'
    path = claim_file(tmp_path, HEAD + ARMS + cut + TEST)
    out = tmp_path / "out"
    found = api.claims([str(path)], draws=40, replicates=3, seed=5, folder=out, command="regime-abm claims")
    told = json.loads((out / "claims.json").read_text())["claims"][0]
    for field in "id sentence effect interval ssp verdict separators draws replicates seed surgery arms".split():
        assert field in told
    assert told["surgery"] == {"keen": ["will moved by +0.1 by surgery"]}
    row = found.rows[0]
    assert row["surgery"] is True
    assert (row["effect"], row["ssp"]) == (told["effect"], told["ssp"])
    page = (out / "claims.md").read_text()
    assert "## H1" in page
    assert "**surgery**: will moved by +0.1" in page
    assert told["verdict"] in page
    assert (out / "claims.csv").read_text().count("\n") == 1 + len(found.rows)
    shutil.rmtree(out)


def test_the_sizes_are_checked(tmp_path):
    path = claim_file(tmp_path)
    for words in ({"draws": 1}, {"replicates": 1}, {"workers": 0}, {"months": 0}, {"seed": -1}):
        with pytest.raises(InputError, match=next(iter(words))):
            api.claims([str(path)], **words)


# The audit of the nulls, small enough for every run of the tests


def test_a_placebo_forum_and_arms_that_are_the_same_differ_by_exactly_nothing():
    claim = load_claim("N2")
    size = Size(6, 3, months=36)
    found = judged([claim], size)["N2"]
    assert found.verdict == "supported"
    for item in found.found:
        assert (item.effect, item.signed) == (0.0, 0)
    values = run_arms(plan_of([claim], size), size)
    assert len(values) == 2  # two arms, and not one that was taken for the other
