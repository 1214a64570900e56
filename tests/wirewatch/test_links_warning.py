"""`check` says where the links in messages lead nowhere for the people who get them."""

from pathlib import Path

import pytest

from wirewatch.config.loading import load
from wirewatch.reach import links_warning

ELSEWHERE = '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://chat.example/hook"\n'
HERE = ELSEWHERE.replace("https://chat.example", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("server", "channels", "told"),
    [
        ("", ELSEWHERE, "lead to http://127.0.0.1:8080, which only this machine reaches"),
        ('listen = "0.0.0.0:8080"', ELSEWHERE, "lead to http://0.0.0.0:8080"),
        ('listen = ""', ELSEWHERE, "are left out"),
        ('public_url = "http://localhost:8080"', ELSEWHERE, "which only this machine reaches"),
        ('public_url = "https://news.example"', ELSEWHERE, None),
        ('public_url = "http://192.168.1.4:8080"', ELSEWHERE, None),
        ("", HERE, None),
        ("", "", None),
    ],
)
def test_links_that_nobody_can_follow_are_a_warning(
    tmp_path: Path, server: str, channels: str, told: str | None
) -> None:
    path = tmp_path / "wirewatch.toml"
    path.write_text(f"[server]\n{server}\n{channels}", encoding="utf-8")
    warning = links_warning(load(path, {}))
    assert (warning is None) if told is None else (warning is not None and told in warning)
