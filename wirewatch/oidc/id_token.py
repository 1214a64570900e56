"""The ID token: believed only if the provider signed it, for us, for this sign-in, and not long ago.

PyJWT checks the signature and the times, against the wall clock (OpenID Connect Core 1.0 section 3.1.3.7).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jwt

from wirewatch.oidc.flow import same
from wirewatch.oidc.problems import SignInFailed, SignInProblem

Jwk = Mapping[str, Any]

# Signatures of key pairs only, with their kind of key: with a shared key, whoever can check a token could also make one.
ALGORITHMS = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    "EdDSA": "OKP",
}
_LEEWAY_SECONDS = 60.0  # that two clocks may differ
_NEEDED = ["iss", "sub", "aud", "exp", "iat"]
_MOST_SUBJECT = 255  # OpenID Connect Core 1.0 section 2
_MOST_CHARACTERS = 64 * 1024
_MOST_KEYS = 100

_PROBLEMS: Sequence[tuple[type[jwt.PyJWTError], SignInProblem]] = (
    (jwt.ExpiredSignatureError, SignInProblem.EXPIRED),
    (jwt.ImmatureSignatureError, SignInProblem.EXPIRED),
    (jwt.InvalidIssuerError, SignInProblem.WRONG_ISSUER),
    (jwt.InvalidAudienceError, SignInProblem.WRONG_AUDIENCE),
    (jwt.InvalidSignatureError, SignInProblem.BAD_SIGNATURE),
    (jwt.InvalidAlgorithmError, SignInProblem.BAD_SIGNATURE),
    (jwt.InvalidKeyError, SignInProblem.BAD_SIGNATURE),
)


class UnknownKey(Exception):
    """The token is signed with a key that the provider did not have when it was asked last."""


def claims_of(token: str, keys: Sequence[Jwk], *, issuer: str, client_id: str, nonce: str) -> Mapping[str, Any]:
    """What the token says. Raises SignInFailed, and UnknownKey where another look at the provider's keys may help."""
    if len(token) > _MOST_CHARACTERS:
        raise SignInFailed(SignInProblem.BAD_TOKEN, "the ID token is too long")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key=_key(token, keys),
            algorithms=list(ALGORITHMS),
            audience=client_id,
            issuer=issuer,
            leeway=_LEEWAY_SECONDS,
            options={"require": _NEEDED},
        )
    except jwt.PyJWTError as error:
        problem = next((word for kind, word in _PROBLEMS if isinstance(error, kind)), SignInProblem.BAD_TOKEN)
        raise SignInFailed(problem, str(error)[:200]) from None
    # Of an ID token for several, or for somebody else, only the party that it was issued to may make use.
    if claims.get("azp", client_id) != client_id:
        raise SignInFailed(SignInProblem.WRONG_AUDIENCE, "azp is another client")
    if not same(str(claims.get("nonce", "")), nonce):
        raise SignInFailed(SignInProblem.WRONG_NONCE)
    if not claims["sub"] or len(claims["sub"]) > _MOST_SUBJECT:
        raise SignInFailed(SignInProblem.BAD_TOKEN, "sub is empty or too long")
    return claims


def keys_of(document: object) -> Sequence[Jwk]:
    """The keys of a JWK Set (RFC 7517 section 5); members that are none are left out."""
    keys = document.get("keys") if isinstance(document, dict) else None
    return [one for one in keys[:_MOST_KEYS] if isinstance(one, dict)] if isinstance(keys, list) else []


def _key(token: str, keys: Sequence[Jwk]) -> jwt.PyJWK:
    header = jwt.get_unverified_header(token)
    algorithm = str(header.get("alg"))
    kind = ALGORITHMS.get(algorithm)
    if kind is None:
        raise jwt.InvalidAlgorithmError("the ID token is signed in a way that is not allowed")
    wanted = {"kty": (kind,), "use": (None, "sig"), "alg": (None, algorithm)}
    if "kid" in header:
        wanted["kid"] = (header["kid"],)
    for key in keys:
        if all(key.get(member) in values for member, values in wanted.items()):
            try:
                return jwt.PyJWK(dict(key), algorithm=algorithm)
            except (jwt.PyJWTError, ValueError, TypeError) as error:
                raise SignInFailed(SignInProblem.BAD_PROVIDER, f"a key of jwks_uri: {error}"[:200]) from None
    raise UnknownKey
