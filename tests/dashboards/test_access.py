"""The token that lets a browser in."""

from __future__ import annotations

import os

from dashboards.access import TOKEN, access_token, state_folder


def test_the_token_outlives_a_restart_and_only_its_owner_reads_it(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    token = access_token()
    assert TOKEN.fullmatch(token)
    assert access_token() == token
    assert (state_folder() / "dashboard-token").stat().st_mode & 0o077 == 0


def test_a_token_that_others_could_read_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    token = access_token()
    (state_folder() / "dashboard-token").chmod(0o644)
    assert access_token() != token
    assert (state_folder() / "dashboard-token").stat().st_mode & 0o077 == 0


def test_a_damaged_token_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    access_token()
    path = state_folder() / "dashboard-token"
    for rubbish in (b"", b"short", b"\xff\xfe" * 40, b"x" * 10_000):
        path.write_bytes(rubbish)
        os.chmod(path, 0o600)
        assert TOKEN.fullmatch(access_token())


def test_a_folder_that_cannot_be_made_gives_a_token_for_this_run(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert TOKEN.fullmatch(access_token())
    assert access_token() != access_token()
