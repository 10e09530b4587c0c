"""Claim files on a made-up region, small enough for a test."""

from __future__ import annotations

from pathlib import Path

from tests.helpers import WORLDS

HEAD = f"""schema = 1
id = "H1"
claim = "Leaders of the first state who never fall change what it does."
says = "made up"
estimand = "made up"
ties = "told apart"
counter_force = ["trust.learning"]
refuted_if = "nothing changes."
months = 18

[common]
scenario = "{(WORLDS / "quartet.toml").as_posix()}"
"""
ARMS = """
[arms.keen]
does = "talks open easily"
[arms.keen.parameters]
"forums.talks_open" = 0.4

[arms.shy]
does = "talks open seldom"
[arms.shy.parameters]
"forums.talks_open" = 0.01

[arms.as_it_is]
does = "talks open as the prior has it"
"""
TEST = """
[[tests]]
what = "rivals in talks"
outcome = "talks in 1-18"
kind = "sign"
expected = "up"
smallest = 0.01
treatment = "keen"
control = ["shy"]
"""


def claim_file(folder: Path, text: str = HEAD + ARMS + TEST, name: str = "h1") -> Path:
    """A claim file in a folder."""
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path
