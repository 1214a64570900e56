"""The provider that people sign in with, as the configuration names it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CALLBACK = "/sign-in/oidc/callback"  # where the provider sends people back to


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcConfig:
    """`roles` and `teams`: what a group of the provider means here. `default_role`: of whom is in none of those groups.

    Without `client_secret` wirewatch is a public client, whom PKCE alone protects.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    name_claim: str = "preferred_username"
    groups_claim: str = "groups"
    label: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    default_role: str | None = None
    teams: Mapping[str, str] = field(default_factory=dict)

    @property
    def button(self) -> str:
        """What the button that leads to the provider says."""
        return self.label or f"Sign in with {urlsplit(self.issuer).hostname}"
