"""The section `[oidc]`: with whom people sign in, and what the groups of that provider mean here."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from wirewatch.config.host_names import host_name, is_loopback
from wirewatch.config.section import Name, Section, WebAddress
from wirewatch.oidc.settings import OidcConfig

RoleName = Literal["viewer", "analyst", "editor", "admin"]
_Token = Annotated[
    str, StringConstraints(pattern=r"^[\x21\x23-\x5b\x5d-\x7e]+$", max_length=200)
]  # RFC 6749 section 3.3
_Group = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


def _safe(issuer: str) -> str:
    parts = urlsplit(issuer)
    if parts.query or parts.fragment:
        raise ValueError("expected the issuer alone, without ? and #")
    if parts.scheme != "https" and not is_loopback(host_name(parts.netloc.rpartition("@")[2]) or ""):
        raise ValueError("expected an https:// address: whoever sits in between could sign in as anybody")
    return issuer


def _with_openid(scopes: list[str]) -> list[str]:
    if "openid" not in scopes:
        raise ValueError('expected "openid" among them: without it the provider does not say who signs in')
    return scopes


class OidcSection(Section):
    issuer: Annotated[WebAddress, AfterValidator(_safe)]
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    client_secret: SecretStr | None = None
    client_secret_file: str | None = None
    scopes: Annotated[list[_Token], Field(max_length=50), AfterValidator(_with_openid)] = ["openid", "profile", "email"]
    name_claim: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "preferred_username"
    groups_claim: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "groups"
    label: Annotated[str, StringConstraints(max_length=100)] = ""
    roles: dict[_Group, RoleName] = {}
    default_role: RoleName | None = None
    teams: dict[_Group, Name] = {}

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if self.client_secret is not None and self.client_secret_file is not None:
            raise ValueError("only one of `client_secret` and `client_secret_file` may be set")
        if not self.roles and self.default_role is None:
            raise ValueError(
                "nobody could sign in: write a group with its role into [oidc.roles], or set `default_role`"
            )
        return self


def oidc_of(section: OidcSection, client_secret: str | None) -> OidcConfig:
    """As the application has it; `client_secret`: out of its file, or as it stands there."""
    plain = section.model_dump(exclude={"client_secret", "client_secret_file", "scopes"})
    return OidcConfig(**plain, scopes=tuple(section.scopes), client_secret=client_secret)
