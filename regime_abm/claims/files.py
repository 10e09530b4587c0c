"""What a claim file may say. Strict: an unknown word is an error, never ignored."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from regime_abm.scenario import MOST_MONTHS
from regime_abm.surgery import Surgery

_Short = Annotated[str, Field(max_length=400)]
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
_Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class OwnWords(_Table):
    """What an arm says beside the fields of a scenario that it lays over the baseline."""

    does: _Short = Field(description="what is done in this arm, in words")
    scenario: _Short | None = Field(default=None, description="scenario it starts from, in place of the common one")
    preset: _Short | None = Field(default=None, description="preset laid under it")
    shuffled: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="shuffle who sits in which forum; which shuffle"
    )
    surgery: list[Surgery] = Field(default_factory=list, description="what is forced, see regime_abm/surgery.py")


class Test(_Table):
    """One comparison: an outcome in one arm against the same, or another, outcome in other arms."""

    __test__ = False  # not one of pytest's

    what: _Short = Field(description="what is compared, in words a diplomat reads")
    outcome: _Short = Field(description="a yardstick")
    per: _Short | None = Field(default=None, description="yardstick of exposure: then the outcome is a pooled rate")
    kind: Literal["sign", "at least", "no worse", "equivalence", "shape", "free"] = Field(
        description="sign: has the expected sign; at least: by the smallest effect of interest; no worse: not worse by more "
        "than that effect; equivalence: within it; shape: on the expected side of `against`; free: neither sign prevails"
    )
    expected: Literal["up", "down"] | None = Field(default=None, description="sign that the essay expects")
    smallest: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] = Field(
        description="smallest effect of interest, in the outcome's unit"
    )
    treatment: _Name = Field(description="the essay's arm")
    control: list[_Name] = Field(
        default_factory=list, description="arms to compare with; of several the best rival counts, or their mean"
    )
    pooled: bool = Field(default=False, description="the mean of several controls counts, not the best")
    versus: list[_Short] = Field(
        default_factory=list, description="other outcomes to compare with, in the same arm; the best rival counts"
    )
    versus_per: list[_Short] = Field(default_factory=list, description="their exposures, in the same order")
    against: _Finite | None = Field(default=None, description="value that a shape is compared with")
    less: dict[_Name, _Name] = Field(
        default_factory=dict, description="arm -> arm that is taken off it first: a difference of differences"
    )
    beside: bool = Field(default=False, description="told beside the verdict, which it does not enter")


class ClaimFile(_Table):
    """The fields of a claim file."""

    schema_: Literal[1] = Field(alias="schema", description="version of this format")
    id: Annotated[str, Field(pattern=r"^[HXN]\d+$")] = Field(
        description="H of the essay, X needed for honesty, N a null that shows how the model behaves"
    )
    claim: _Short = Field(description="the claim in one sentence")
    sentence: list[Annotated[str, Field(pattern=r"^S\d+[ab]?$")]] = Field(
        default_factory=list, description="sentences of the essay that make it"
    )
    says: _Short = Field(description="what the essay says there, in other words; or why the claim is needed")
    stands_for: Annotated[str, Field(max_length=800)] = Field(
        default="", description="what stands for the essay's words in the model, and what does not"
    )
    estimand: _Short = Field(description="what is estimated")
    ties: _Short = Field(description="what is done with draws without a sign")
    counter_force: list[_Short] = Field(description="parameters that can turn the sign")
    refuted_if: _Short = Field(description="what would refute it")
    re_examined: Annotated[str, Field(max_length=800)] = Field(
        default="", description="what was found when it looked hard-wired"
    )
    months: Annotated[int, Field(ge=1, le=MOST_MONTHS)] = Field(default=240, description="months to run")
    common: dict[str, Any] = Field(
        description="what all arms share: fields of a scenario, `scenario` for the one to start from"
    )
    arms: dict[_Name, dict[str, Any]] = Field(min_length=1, description="arm -> what it does, and fields of a scenario")
    tests: list[Test] = Field(min_length=1, description="comparisons; the first is the headline")

    @property
    def essay(self) -> tuple[str, ...]:
        """The sentences of the essay that it carries."""
        return tuple(self.sentence)
