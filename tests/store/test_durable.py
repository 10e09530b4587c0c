"""A file is there whole or not at all; what goes wrong is one line with the path."""

from __future__ import annotations

import errno
import os

import pytest

from regime_abm.errors import DiskFull, InputError
from regime_abm.store import durable


def test_a_file_is_put_in_place_and_replaced(tmp_path):
    path = tmp_path / "a"
    for data in (b"one", b"", b"two\r\n" * 1000):
        durable.write(path, data)
        assert path.read_bytes() == data
    assert os.listdir(tmp_path) == ["a"]


def test_lines_are_added(tmp_path):
    for data in (b"one\n", b"two\n"):
        durable.append(tmp_path / "a", data)
    assert (tmp_path / "a").read_bytes() == b"one\ntwo\n"


def test_everything_is_synced_before_and_after_it_is_put_in_place(tmp_path, monkeypatch):
    """The order is what makes a part durable, and no test can cut the power: so the calls are watched."""
    calls = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *words, name=name, real=real: (calls.append(name), real(*words))[1])
    durable.write(tmp_path / "a", b"one")
    assert calls == ["fsync", "replace", "fsync"]
    calls.clear()
    durable.append(tmp_path / "a", b"two")
    assert calls == ["fsync"]


@pytest.mark.parametrize(("number", "why"), [(errno.ENOSPC, "full"), (errno.EFBIG, "limit"), (errno.EDQUOT, "quota")])
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_no_room_is_told_with_path_and_bytes_and_the_former_file_stays(tmp_path, monkeypatch, number, why, call):
    path = tmp_path / "a"
    durable.write(path, b"former")

    def full(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(DiskFull) as told:
        durable.write(path, b"x" * 12345)
    assert str(told.value).startswith(f"{path}: not written, 12,345 bytes are needed (")
    assert why in str(told.value)
    assert told.value.exit_code == 74
    assert "\n" not in str(told.value)
    assert path.read_bytes() == b"former"
    assert os.listdir(tmp_path) == ["a"]


def test_another_error_is_one_line_too(tmp_path):
    with pytest.raises(InputError, match=r"missing.a: cannot be used \(No such file"):
        durable.write(tmp_path / "missing" / "a", b"")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"file.a: cannot be used \(Not a directory"):
        durable.append(tmp_path / "file" / "a", b"")


def test_a_short_write_is_gone_on_with(tmp_path, monkeypatch):
    """An operating system may take a part only, for instance when a signal comes."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:3]))
    durable.write(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"
