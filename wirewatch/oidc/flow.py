"""The authorization code flow with PKCE, without I/O: what is made for one sign-in, and where the browser is sent.

OpenID Connect Core 1.0 section 3.1, RFC 7636 (PKCE, S256), RFC 9207 (the issuer in the answer).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from wirewatch.oidc.problems import SignInFailed, SignInProblem
from wirewatch.oidc.settings import OidcConfig

ATTEMPT_SECONDS = 600.0  # from the button until the provider has sent somebody back


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAttempt:
    """What one sign-in is recognised by. `state` goes through the browser, `verifier` never does."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMetadata:
    """What a provider says of itself (OpenID Connect Discovery 1.0 section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    names_issuer: bool = False  # in the answer, too (RFC 9207)
    basic: bool = True  # takes the client's secret as HTTP Basic; else in the body


def new_attempt() -> SignInAttempt:
    """256 random bits each."""
    return SignInAttempt(
        state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(32)
    )


def metadata_of(document: object, issuer: str) -> ProviderMetadata:
    """The discovery document of the configured issuer. Raises SignInFailed where it is another's, or unusable."""
    if not isinstance(document, dict):
        raise SignInFailed(SignInProblem.BAD_PROVIDER, "the discovery document is no JSON object")
    named = document.get("issuer")
    if named != issuer:
        raise SignInFailed(SignInProblem.BAD_PROVIDER, f"the provider calls itself {str(named)[:200]!r}")
    ways = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return ProviderMetadata(
        issuer=issuer,
        authorization_endpoint=_address(document, "authorization_endpoint", issuer),
        token_endpoint=_address(document, "token_endpoint", issuer),
        jwks_uri=_address(document, "jwks_uri", issuer),
        userinfo_endpoint=_address(document, "userinfo_endpoint", issuer) if "userinfo_endpoint" in document else None,
        names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        basic=not isinstance(ways, list) or "client_secret_basic" in ways,
    )


def _address(document: Mapping[str, Any], name: str, issuer: str) -> str:
    value = document.get(name)
    scheme = urlsplit(issuer).scheme
    # No step of the way may be less safe than the issuer itself.
    allowed = ("https",) if scheme == "https" else ("https", "http")
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        parts = None
    if not isinstance(value, str) or parts is None or parts.scheme not in allowed or not parts.hostname:
        raise SignInFailed(SignInProblem.BAD_PROVIDER, f"{name} is {str(value)[:200]!r}")
    return value


def challenge(verifier: str) -> str:
    """RFC 7636 section 4.2, S256."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def authorization_url(provider: ProviderMetadata, config: OidcConfig, redirect_uri: str, attempt: SignInAttempt) -> str:
    """Where the browser goes to sign in."""
    query = urlencode(
        {
            "response_type": "code",
            "client_id": config.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(config.scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
    )
    endpoint = provider.authorization_endpoint.partition("#")[0]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"


def code_of(answer: Mapping[str, str], provider: ProviderMetadata) -> str:
    """The code in what the provider sent the browser back with. Raises SignInFailed.

    A named issuer must be ours, so that no other provider's code is ever sent to this one (mix-up).
    """
    named = answer.get("iss")
    if (named is None and provider.names_issuer) or (named is not None and named != provider.issuer):
        raise SignInFailed(SignInProblem.WRONG_ISSUER, f"the answer names {str(named)[:200]!r}")
    if error := answer.get("error"):
        raise SignInFailed(SignInProblem.PROVIDER_REFUSED, error[:200])
    code = answer.get("code", "")
    if not code:
        raise SignInFailed(SignInProblem.BAD_TOKEN, "the answer has no code")
    return code


def same(one: str, other: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
