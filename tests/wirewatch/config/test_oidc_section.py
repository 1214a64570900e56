"""The section `[oidc]`: what is read, and which mistakes are named."""

from pathlib import Path
from typing import get_args

import pytest

from core.errors import ConfigError
from wirewatch.config import oidc
from wirewatch.config.loading import Config, load
from wirewatch.oidc.person import ROLES
from wirewatch.oidc.settings import OidcConfig

GOOD = """
[oidc]
issuer = "https://login.example/realms/news"
client_id = "wirewatch"
client_secret = "of the provider"
[oidc.roles]
"news-desk" = "editor"
[oidc.teams]
"asia" = "Asia desk"
"""


def read(folder: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    path = folder / "wirewatch.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ or {})


def problems(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    return "\n".join(caught.value.problems)


def test_the_section_is_read_and_its_secret_is_shown_nowhere(tmp_path: Path) -> None:
    config = read(tmp_path, GOOD)
    assert config.oidc == OidcConfig(
        issuer="https://login.example/realms/news",
        client_id="wirewatch",
        client_secret="of the provider",
        roles={"news-desk": "editor"},
        teams={"asia": "Asia desk"},
    )
    assert config.oidc.button == "Sign in with login.example"
    assert "of the provider" not in repr(config)
    assert "of the provider" in config.secrets


def test_without_the_section_nobody_signs_in_so(tmp_path: Path) -> None:
    assert read(tmp_path, "").oidc is None


def test_the_secret_comes_out_of_a_file_or_of_the_environment(tmp_path: Path) -> None:
    (tmp_path / "oidc.secret").write_text("out of a file\n", encoding="utf-8")
    text = GOOD.replace('client_secret = "of the provider"', 'client_secret_file = "oidc.secret"')
    config = read(tmp_path, text)
    assert config.oidc is not None
    assert config.oidc.client_secret == "out of a file"
    assert "out of a file" in config.secrets
    bare = GOOD.replace('client_secret = "of the provider"', "")
    config = read(tmp_path, bare, {"WIREWATCH_OIDC__CLIENT_SECRET": "12345678"})
    assert config.oidc is not None
    assert config.oidc.client_secret == "12345678"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("https://login.example/realms/news", "http://login.example", "oidc.issuer: expected an https:// address"),
        ("https://login.example/realms/news", "https://login.example/?a=b", "oidc.issuer: expected the issuer alone"),
        ("https://login.example/realms/news", "login.example", "oidc.issuer: expected an http:// or https:// URL"),
        ('client_id = "wirewatch"', "", "oidc.client_id"),
        ('client_id = "wirewatch"', 'client_id = "w"\nscopes = ["profile"]', 'oidc.scopes: expected "openid"'),
        ('client_id = "wirewatch"', 'client_id = "w"\nscopes = ["openid", "a b"]', "oidc.scopes[1]"),
        ('client_id = "wirewatch"', 'client_id = "w"\nclient_secret_file = "x"', "only one of `client_secret`"),
        ('"editor"', '"editr"', 'did you mean "editor"?'),
        ('[oidc.roles]\n"news-desk" = "editor"', "", "nobody could sign in"),
        ('client_secret = "of the provider"', 'client_secret_file = "none"', "oidc.client_secret_file: the file none"),
        ("\n[oidc]", '[server]\nlisten = "0.0.0.0:8080"\n[oidc]', "oidc.issuer: set server.public_url"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    assert message in problems(tmp_path, GOOD.replace(old, new))


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"])
def test_a_provider_on_this_machine_needs_no_tls(tmp_path: Path, issuer: str) -> None:
    config = read(tmp_path, GOOD.replace("https://login.example/realms/news", issuer))
    assert config.oidc is not None
    assert config.oidc.issuer == issuer


def test_elsewhere_people_come_back_to_the_public_address(tmp_path: Path) -> None:
    text = '[server]\nlisten = "0.0.0.0:8080"\npublic_url = "https://news.example"\n' + GOOD
    assert read(tmp_path, text).server.public_url == "https://news.example"


def test_the_roles_that_a_group_can_have_are_those_that_there_are() -> None:
    assert get_args(oidc.RoleName) == ROLES
