"""The provider over our guarded HTTP client: what it says of itself, its keys, a code for an ID token, and who that is.

What it says of itself is kept for an hour. Its keys are looked up again when a token is signed with an unknown one, at most
once a minute: a forged name of a key costs the provider no request each.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_plus, urlencode

import orjson

from core.clock import Clock
from core.net.client import Fetcher
from core.net.failure import FetchFailure
from wirewatch.oidc.flow import ProviderMetadata, SignInAttempt, metadata_of, same
from wirewatch.oidc.id_token import Jwk, UnknownKey, claims_of, keys_of
from wirewatch.oidc.problems import SignInFailed, SignInProblem
from wirewatch.oidc.settings import OidcConfig

_KEEP_SECONDS = 3600.0
_AGAIN_SECONDS = 60.0
_MOST_BYTES = 512 * 1024
_TIMEOUT_SECONDS = 15.0


@dataclass(slots=True)
class _Kept:
    """What is known of a provider; it is another's where the issuer is."""

    issuer: str
    metadata: ProviderMetadata
    asked: float
    keys: Sequence[Jwk] = field(default_factory=tuple)
    keys_asked: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAnswer:
    """What the browser brought back for an attempt. `redirect_uri`: where it was sent back to."""

    code: str = field(repr=False)
    redirect_uri: str
    attempt: SignInAttempt


class Provider:
    """Outlives sign-ins and reloads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: _Kept | None = None

    async def metadata(self, fetcher: Fetcher, config: OidcConfig) -> ProviderMetadata:
        """What it says of itself. Raises SignInFailed."""
        return (await self._known(fetcher, config)).metadata

    async def claims(self, fetcher: Fetcher, config: OidcConfig, answer: CodeAnswer) -> Mapping[str, Any]:
        """Who signed in, for the code that the browser brought. Raises SignInFailed."""
        known = await self._known(fetcher, config)
        given = await _exchange(fetcher, known.metadata, config, answer)
        claims = await self._checked(fetcher, known, config, str(given.get("id_token", "")), answer.attempt.nonce)
        if claims.keys() >= {config.name_claim, config.groups_claim}:
            return claims
        return {**await _user_info(fetcher, known.metadata, given, claims), **claims}

    async def _known(self, fetcher: Fetcher, config: OidcConfig) -> _Kept:
        now = self._clock.monotonic()
        kept = self._kept
        if kept is None or kept.issuer != config.issuer or now - kept.asked > _KEEP_SECONDS:
            address = config.issuer.rstrip("/") + "/.well-known/openid-configuration"
            metadata = metadata_of(await _get(fetcher, address), config.issuer)
            kept = self._kept = _Kept(config.issuer, metadata, now)
        return kept

    async def _checked(
        self, fetcher: Fetcher, known: _Kept, config: OidcConfig, token: str, nonce: str
    ) -> Mapping[str, Any]:
        await self._look_up_keys(fetcher, known, _KEEP_SECONDS)
        for _ in range(2):
            try:
                return claims_of(token, known.keys, issuer=config.issuer, client_id=config.client_id, nonce=nonce)
            except UnknownKey:
                await self._look_up_keys(fetcher, known, _AGAIN_SECONDS)
        raise SignInFailed(SignInProblem.BAD_SIGNATURE, "the provider has no such key")

    async def _look_up_keys(self, fetcher: Fetcher, known: _Kept, younger_than: float) -> None:
        now = self._clock.monotonic()
        if known.keys_asked is not None and now - known.keys_asked < younger_than:
            return
        known.keys_asked = now
        known.keys = keys_of(await _get(fetcher, known.metadata.jwks_uri))


async def _get(fetcher: Fetcher, address: str) -> object:
    try:
        fetched = await fetcher.fetch(address, accept="application/json", max_bytes=_MOST_BYTES)
        return orjson.loads(fetched.body)
    except FetchFailure as error:
        raise SignInFailed(SignInProblem.PROVIDER_DOWN, str(error)) from None
    except orjson.JSONDecodeError:
        raise SignInFailed(SignInProblem.BAD_PROVIDER, f"{address} is no JSON") from None


async def _exchange(
    fetcher: Fetcher, provider: ProviderMetadata, config: OidcConfig, answer: CodeAnswer
) -> Mapping[str, Any]:
    """The tokens for a code. The redirect is not followed: a secret goes nowhere but to the token endpoint."""
    form = {
        "grant_type": "authorization_code",
        "code": answer.code,
        "redirect_uri": answer.redirect_uri,
        "code_verifier": answer.attempt.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if config.client_secret is not None and provider.basic:
        pair = f"{quote_plus(config.client_id)}:{quote_plus(config.client_secret)}"  # RFC 6749 section 2.3.1
        headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
    else:
        form["client_id"] = config.client_id
        if config.client_secret is not None:
            form["client_secret"] = config.client_secret
    status, document = await _asked(fetcher, "POST", provider.token_endpoint, urlencode(form).encode(), headers)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SignInFailed(SignInProblem.PROVIDER_DOWN, f"token endpoint: HTTP {status}")
    if status != HTTPStatus.OK:
        raise SignInFailed(SignInProblem.CODE_REFUSED, f"HTTP {status}: {str(document.get('error', ''))[:100]}")
    return document


async def _user_info(
    fetcher: Fetcher, provider: ProviderMetadata, given: Mapping[str, Any], claims: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What the provider tells of the user beside the ID token; nothing where it has no such endpoint."""
    token = given.get("access_token")
    if provider.userinfo_endpoint is None or not isinstance(token, str):
        return {}
    if not token.isascii() or not token.isprintable():
        raise SignInFailed(SignInProblem.BAD_TOKEN, "the access token is no header's value")
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    status, document = await _asked(fetcher, "GET", provider.userinfo_endpoint, b"", headers)
    if status != HTTPStatus.OK:
        raise SignInFailed(SignInProblem.PROVIDER_DOWN, f"userinfo endpoint: HTTP {status}")
    if not same(str(document.get("sub", "")), str(claims["sub"])):  # OpenID Connect Core 1.0 section 5.3.2
        raise SignInFailed(SignInProblem.BAD_TOKEN, "userinfo is of somebody else")
    return document


async def _asked(
    fetcher: Fetcher, method: str, address: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, Mapping[str, Any]]:
    try:
        answer = await fetcher.request(
            method, address, body, headers, timeout_seconds=_TIMEOUT_SECONDS, answer_bytes=_MOST_BYTES
        )
    except FetchFailure as error:
        raise SignInFailed(SignInProblem.PROVIDER_DOWN, str(error)) from None
    try:
        document = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        document = {}
    return answer.status, document if isinstance(document, dict) else {}
