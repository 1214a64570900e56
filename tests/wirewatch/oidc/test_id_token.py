"""An ID token is believed only if the provider made it, for us, for this sign-in, not long ago."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from core.clock import SystemClock
from wirewatch.oidc.id_token import Jwk, UnknownKey, claims_of, keys_of
from wirewatch.oidc.problems import SignInFailed, SignInProblem

ISSUER = "https://login.example"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
EDWARDS = ed25519.Ed25519PrivateKey.generate()


def jwk(key: Any, kind: Any, **members: str) -> dict[str, Any]:
    return {**orjson.loads(kind.to_jwk(key.public_key())), **members}


KEYS = [
    {"kty": "oct", "k": "c2VjcmV0"},
    jwk(OTHER, RSAAlgorithm, kid="enc", use="enc"),
    jwk(RSA, RSAAlgorithm, kid="one"),
    jwk(CURVE, ECAlgorithm, kid="two", alg="ES256"),
    jwk(EDWARDS, OKPAlgorithm, kid="three"),
]


def claims(**changed: object) -> dict[str, object]:
    now = SystemClock().now()
    return {
        "iss": ISSUER,
        "sub": "u-1",
        "aud": "wirewatch",
        "nonce": "n",
        "iat": now,
        "exp": now + timedelta(minutes=5),
        **changed,
    }


def signed(payload: Mapping[str, object], key: Any = RSA, algorithm: str = "RS256", kid: str | None = "one") -> str:
    return jwt.encode(dict(payload), key, algorithm=algorithm, headers=None if kid is None else {"kid": kid})


def checked(token: str, keys: list[Jwk] | None = None) -> Mapping[str, Any]:
    return claims_of(token, KEYS if keys is None else keys, issuer=ISSUER, client_id="wirewatch", nonce="n")


def problem(token: str) -> SignInProblem:
    with pytest.raises(SignInFailed) as error:
        checked(token)
    return error.value.problem


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        (RSA, "RS256", "one"),
        (RSA, "PS512", "one"),
        (RSA, "RS256", None),
        (CURVE, "ES256", "two"),
        (EDWARDS, "EdDSA", "three"),
    ],
)
def test_a_good_token_is_believed_whatever_kind_of_key_signed_it(key: Any, algorithm: str, kid: str | None) -> None:
    assert checked(signed(claims(), key, algorithm, kid))["sub"] == "u-1"


def test_a_token_for_several_is_believed_where_it_was_issued_to_us() -> None:
    assert checked(signed(claims(aud=["other", "wirewatch"], azp="wirewatch")))["sub"] == "u-1"
    assert problem(signed(claims(aud=["other", "wirewatch"], azp="other"))) is SignInProblem.WRONG_AUDIENCE


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"iss": "https://evil.example"}, SignInProblem.WRONG_ISSUER),
        ({"aud": "other"}, SignInProblem.WRONG_AUDIENCE),
        ({"aud": ["other"]}, SignInProblem.WRONG_AUDIENCE),
        ({"nonce": "m"}, SignInProblem.WRONG_NONCE),
        ({"nonce": None}, SignInProblem.WRONG_NONCE),
        ({"exp": timedelta(minutes=-5)}, SignInProblem.EXPIRED),
        ({"iat": timedelta(minutes=5)}, SignInProblem.EXPIRED),
        ({"nbf": timedelta(minutes=5)}, SignInProblem.EXPIRED),
        ({"exp": None}, SignInProblem.BAD_TOKEN),
        ({"exp": "soon"}, SignInProblem.BAD_TOKEN),
        ({"sub": ""}, SignInProblem.BAD_TOKEN),
        ({"sub": "u" * 256}, SignInProblem.BAD_TOKEN),
    ],
)
def test_a_token_of_another_issuer_audience_sign_in_or_time_is_refused(
    changed: dict[str, object], expected: SignInProblem
) -> None:
    now = SystemClock().now()  # not when this file was loaded, which may be minutes ago
    then = {name: now + value if isinstance(value, timedelta) else value for name, value in changed.items()}
    payload = {name: value for name, value in claims(**then).items() if value is not None}
    assert problem(signed(payload)) is expected


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "exp", "iat"])
def test_a_token_without_what_every_id_token_has_is_refused(missing: str) -> None:
    payload = claims()
    del payload[missing]
    assert problem(signed(payload)) in {SignInProblem.BAD_TOKEN, SignInProblem.WRONG_AUDIENCE}


def test_a_token_that_somebody_else_signed_is_refused() -> None:
    assert problem(signed(claims(), OTHER)) is SignInProblem.BAD_SIGNATURE


def test_a_token_signed_with_the_public_key_as_a_shared_secret_or_not_at_all_is_refused() -> None:
    assert problem(signed(claims(), "secret" * 10, "HS256")) is SignInProblem.BAD_SIGNATURE
    assert problem(jwt.encode(claims(), "", algorithm="none")) is SignInProblem.BAD_SIGNATURE


def test_a_key_for_something_else_is_not_used() -> None:
    with pytest.raises(UnknownKey):
        checked(signed(claims(), OTHER, kid="enc"))
    with pytest.raises(UnknownKey):
        checked(signed(claims(), CURVE, "ES256", kid="one"))


def test_an_unknown_key_may_be_a_new_one() -> None:
    with pytest.raises(UnknownKey):
        checked(signed(claims(), kid="new"))
    with pytest.raises(UnknownKey):
        checked(signed(claims()), [])


def test_a_set_of_keys_may_be_anything() -> None:
    assert keys_of({"keys": [{"kty": "RSA"}, 7]}) == [{"kty": "RSA"}]
    nonsense: tuple[object, ...] = (None, [], {"keys": {}}, {})
    assert [keys_of(document) for document in nonsense] == [[]] * 4


def test_a_key_that_is_none_is_the_providers_mistake() -> None:
    with pytest.raises(SignInFailed) as error:
        checked(signed(claims()), [{"kty": "RSA", "kid": "one", "n": "", "e": 7}])
    assert error.value.problem is SignInProblem.BAD_PROVIDER


@given(st.text(max_size=200) | st.binary(max_size=100).map(lambda data: data.decode("latin-1")))
def test_any_text_is_refused_with_a_word(text: str) -> None:
    with pytest.raises((SignInFailed, UnknownKey)):
        checked(text)


@given(
    st.dictionaries(
        st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "azp"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.text(max_size=5)),
        min_size=1,
    )
)
def test_claims_of_any_type_are_refused_with_a_word(changed: dict[str, object]) -> None:
    payload = {**{name: value for name, value in claims().items() if name not in {"iat", "exp"}}, **changed}
    token = jwt.api_jws.encode(json.dumps(payload).encode(), RSA, algorithm="RS256", headers={"kid": "one"})
    try:
        found = checked(token)
    except SignInFailed:
        return
    assert found["iss"] == ISSUER
