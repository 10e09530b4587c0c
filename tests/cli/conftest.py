"""The command line inside the tests' own process."""

from __future__ import annotations

import sys

import pytest

from regime_abm import cli


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run the command line in this process and in an empty folder: exit code, what it printed, what it complained."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["regime-abm", *words])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        return int(stopped.value.code or 0), said.out, said.err

    return run
