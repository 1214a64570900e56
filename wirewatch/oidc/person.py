"""Who somebody is here, by what the provider says of them: name, role and teams from claims, without I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.model.naming import a_name
from wirewatch.oidc.problems import SignInFailed, SignInProblem
from wirewatch.oidc.settings import OidcConfig

ROLES = ("viewer", "analyst", "editor", "admin")  # from the least to the most
_MOST_GROUPS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidedPerson:
    """`teams`: names; None: the configuration maps no group to a team, so that teams are given here by hand."""

    issuer: str
    subject: str
    name: str
    role: str
    teams: frozenset[str] | None


def person_of(claims: Mapping[str, Any], config: OidcConfig) -> ProvidedPerson:
    """Raises SignInFailed where the name is missing, or no group of theirs has a role and there is no default role."""
    groups = groups_of(claims.get(config.groups_claim))
    found = [config.roles[group] for group in groups if group in config.roles]
    role = max(found, key=ROLES.index) if found else config.default_role
    if role is None:
        raise SignInFailed(SignInProblem.NO_GROUP, f"{len(groups)} groups in {config.groups_claim}")
    return ProvidedPerson(
        issuer=config.issuer,
        subject=str(claims["sub"]),
        name=_name(claims, config),
        role=role,
        teams=frozenset(config.teams[group] for group in groups if group in config.teams) if config.teams else None,
    )


def groups_of(value: object) -> Sequence[str]:
    """Groups as providers write them: a list of text, or one text; anything else is none."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(one for one in value[:_MOST_GROUPS] if isinstance(one, str)))


def _name(claims: Mapping[str, Any], config: OidcConfig) -> str:
    value = claims.get(config.name_claim)
    try:
        return a_name(value if isinstance(value, str) else "")
    except ValueError as error:
        raise SignInFailed(SignInProblem.NO_NAME, f"{config.name_claim}: {error}") from None
