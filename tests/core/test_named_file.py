"""Files that other files name."""

import os
import socket
from pathlib import Path

import pytest

from core.named_file import NoFile, read_named


def test_a_file_is_read_whole_or_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("a")
    assert read_named(tmp_path / "a") == read_named(tmp_path / "link") == b"12345"
    assert read_named(tmp_path / "a", 2) == b"12"


def put(kind: str, path: Path) -> None:
    """What is no file, in its place."""
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "socket":
            with socket.socket(socket.AF_UNIX) as one:
                one.bind(str(path))
        case "folder":
            path.mkdir()
        case _:
            assert kind == "nothing"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("pipe", "it is a pipe or a device"),
        ("device", "it is a pipe or a device"),
        ("socket", "it is a pipe or a device"),
        ("folder", "it is a folder"),
        ("nothing", "there is no such file"),
    ],
)
def test_what_is_no_file_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, said: str) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket may not be long
    put(kind, Path("x"))
    with pytest.raises(NoFile, match=said):
        read_named(Path("x"))


def test_a_name_that_no_file_can_have_is_told() -> None:
    with pytest.raises(NoFile, match="no file can have this name"):
        read_named(Path("a\0b"))
