"""The authorization code flow, before anything is asked of a provider."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from wirewatch.oidc.flow import ProviderMetadata, authorization_url, challenge, code_of, metadata_of, new_attempt
from wirewatch.oidc.problems import SignInFailed, SignInProblem
from wirewatch.oidc.settings import OidcConfig

ISSUER = "https://login.example"
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth?tenant=desk",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
}
CONFIG = OidcConfig(issuer=ISSUER, client_id="wirewatch")


def provider() -> ProviderMetadata:
    return metadata_of(DOCUMENT, ISSUER)


def refused(error: pytest.ExceptionInfo[SignInFailed]) -> SignInProblem:
    return error.value.problem


def test_the_browser_is_sent_with_a_challenge_a_state_and_a_nonce_but_never_the_verifier() -> None:
    attempt = new_attempt()
    url = authorization_url(provider(), CONFIG, "https://news.example/sign-in/oidc/callback", attempt)
    query = parse_qs(urlsplit(url).query)
    assert url.startswith(f"{ISSUER}/auth?tenant=desk&")
    assert query["response_type"] == ["code"]
    assert query["scope"] == ["openid profile email"]
    assert (query["state"], query["nonce"]) == ([attempt.state], [attempt.nonce])
    assert (query["code_challenge_method"], query["code_challenge"]) == (["S256"], [challenge(attempt.verifier)])
    assert attempt.verifier not in url
    assert attempt.verifier not in repr(attempt)


def test_the_challenge_is_that_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_two_attempts_share_nothing() -> None:
    one, other = new_attempt(), new_attempt()
    assert len({one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier}) == 6


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://other.example"},
        {"issuer": f"{ISSUER}/"},
        {"token_endpoint": None},
        {"token_endpoint": "http://login.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://[::1"},
        {"userinfo_endpoint": 7},
    ],
)
def test_a_discovery_document_of_another_issuer_or_with_an_unsafe_address_is_refused(
    changed: dict[str, object],
) -> None:
    with pytest.raises(SignInFailed) as error:
        metadata_of({**DOCUMENT, **changed}, ISSUER)
    assert refused(error) is SignInProblem.BAD_PROVIDER


def test_a_discovery_document_that_is_no_object_is_refused() -> None:
    with pytest.raises(SignInFailed) as error:
        metadata_of([DOCUMENT], ISSUER)
    assert refused(error) is SignInProblem.BAD_PROVIDER


def test_the_client_says_who_it_is_as_the_provider_wants_it() -> None:
    assert provider().basic
    assert not metadata_of({**DOCUMENT, "token_endpoint_auth_methods_supported": ["client_secret_post"]}, ISSUER).basic


def test_the_code_is_taken_from_the_answer_of_our_provider_alone() -> None:
    naming = replace(provider(), names_issuer=True)
    assert code_of({"code": "c", "iss": ISSUER}, naming) == "c"
    assert code_of({"code": "c"}, provider()) == "c"
    for answer, told in ({"code": "c", "iss": "https://evil.example"}, provider()), ({"code": "c"}, naming):
        with pytest.raises(SignInFailed) as error:
            code_of(answer, told)
        assert refused(error) is SignInProblem.WRONG_ISSUER


def test_a_provider_that_says_no_and_an_answer_without_a_code_are_told_apart() -> None:
    with pytest.raises(SignInFailed) as error:
        code_of({"error": "access_denied"}, provider())
    assert refused(error) is SignInProblem.PROVIDER_REFUSED
    with pytest.raises(SignInFailed) as error:
        code_of({}, provider())
    assert refused(error) is SignInProblem.BAD_TOKEN


def test_every_failure_has_its_words() -> None:
    for problem in SignInProblem:
        assert problem.words.endswith(".")
    assert len({problem.words for problem in SignInProblem}) == len(SignInProblem)
