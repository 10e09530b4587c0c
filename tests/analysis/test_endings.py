"""What a future ended in, in one number, is what the result of a run says."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm import api
from regime_abm.endings import ENDINGS, ending, needs_robust_test, of_classes
from regime_abm.ensemble import simulate
from regime_abm.errors import InputError
from regime_abm.measures import MEASURES
from regime_abm.measures.outcome import KEYS
from tests.helpers import made_up

MONTHS = 24


@pytest.fixture(scope="module")
def chunk():
    return simulate(made_up("trio"), 5, 0, 40, months=MONTHS)


@pytest.fixture(scope="module")
def result():
    return api.run(made_up("trio"), seed=5, replicates=40, months=MONTHS)


def test_the_mean_of_a_class_is_its_share(chunk, result):
    for key in KEYS:
        assert ending(key).take(chunk).mean() == pytest.approx(result.outcome_shares[key])


def test_a_measure_is_taken_at_the_last_month(chunk, result):
    for name in MEASURES:
        assert np.array_equal(ending(name).take(chunk), result.series[name][:, -1], equal_nan=True)


def test_regimes_are_counted_at_the_end_ever_and_by_the_months_until_the_first(chunk, result):
    holds = np.zeros_like(chunk.regime)
    holds[3, 10:20] = holds[7, 5:] = True
    changed = type(chunk)(**{**vars(chunk), "regime": holds})
    assert np.flatnonzero(ending("regime").take(changed)).tolist() == [7]
    assert np.flatnonzero(ending("regime_ever").take(changed)).tolist() == [3, 7]
    months = ending("months_to_regime").take(changed)
    assert months[[3, 7]].tolist() == [10.0, 5.0]
    assert set(np.delete(months, [3, 7])) == {MONTHS}


def test_every_ending_is_a_number_a_future_with_title_and_unit(chunk):
    for key, item in ENDINGS.items():
        assert item.key == key
        assert item.title
        assert item.unit
        assert item.take(chunk).shape == (40,)


def test_only_kinds_of_regimes_take_the_test_by_twin_branches():
    assert needs_robust_test(["war", "fragile_regime"])
    assert not needs_robust_test(["war", "regime", "regime_strength"])


def test_an_unknown_key_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="unknown outcome 'criss'; did you mean \"crisis\""):
        ending("criss")
    with pytest.raises(InputError, match="unknown outcome class 'wars'; did you mean \"war\""):
        of_classes(np.array(["war"]), "wars")
