"""Our side of OpenID Connect against a real provider, and against one that misbehaves."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from core.clock import Clock, SystemClock
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from tests.fakes.clock import FakeClock
from tests.fakes.oidc_browser import sign_in_at
from tests.fakes.oidc_provider import FakeProvider
from tests.services import oidc_provider
from tests.services.oidc_provider import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, RunningProvider
from wirewatch.oidc.flow import ProviderMetadata, SignInAttempt, authorization_url, code_of, new_attempt
from wirewatch.oidc.person import person_of
from wirewatch.oidc.problems import SignInFailed, SignInProblem
from wirewatch.oidc.provider import CodeAnswer, Provider
from wirewatch.oidc.settings import OidcConfig

LOOPBACK = AddressGuard(["127.0.0.0/8"])
ATTEMPT = SignInAttempt(state="s", nonce="n", verifier="v")


class Asking:
    """Our side, with a client of its own for each question."""

    def __init__(self, clock: Clock | None = None, guard: AddressGuard = LOOPBACK) -> None:
        self._clock = clock or SystemClock()
        self._guard = guard
        self._provider = Provider(self._clock)

    async def metadata(self, config: OidcConfig) -> ProviderMetadata:
        async with Fetcher(self._guard, "wirewatch-test", self._clock) as fetcher:
            return await self._provider.metadata(fetcher, config)

    async def claims(
        self, config: OidcConfig, code: str = "code", attempt: SignInAttempt = ATTEMPT
    ) -> Mapping[str, Any]:
        answer = CodeAnswer(code=code, redirect_uri=REDIRECT_URI, attempt=attempt)
        async with Fetcher(self._guard, "wirewatch-test", self._clock) as fetcher:
            return await self._provider.claims(fetcher, config, answer)


def config_of(running: RunningProvider) -> OidcConfig:
    return OidcConfig(
        issuer=running.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        scopes=("openid", "profile", "groups"),
        roles={"news-desk": "editor"},
        teams={"asia": "Asia desk"},
    )


async def signed_in(provider: Asking, config: OidcConfig, name: str) -> Callable[[], Awaitable[Mapping[str, Any]]]:
    """Go to the provider and come back; call the result to have its code exchanged."""
    metadata = await provider.metadata(config)
    attempt = new_attempt()
    answer = await sign_in_at(authorization_url(metadata, config, REDIRECT_URI, attempt), name)
    assert answer["state"] == attempt.state
    code = code_of(answer, metadata)
    return lambda: provider.claims(config, code, attempt)


async def problem_of(work: Awaitable[object]) -> SignInProblem:
    with pytest.raises(SignInFailed) as error:
        await work
    return error.value.problem


@pytest.mark.parametrize("public", [False, True])
async def test_a_real_provider_says_who_somebody_is(oidc: RunningProvider, *, public: bool) -> None:
    config, provider = config_of(oidc), Asking()
    if public:
        config = replace(config, client_id="public", client_secret=None)
    claims = await (await signed_in(provider, config, "ann"))()
    person = person_of(claims, config)
    assert (person.subject, person.name, person.role, person.teams) == (
        "ann",
        "ann",
        "editor",
        frozenset({"Asia desk"}),
    )


async def test_a_code_works_once(oidc: RunningProvider) -> None:
    exchange = await signed_in(Asking(), config_of(oidc), "ann")
    await exchange()
    assert await problem_of(exchange()) is SignInProblem.CODE_REFUSED


async def test_a_code_without_its_verifier_or_with_a_wrong_secret_is_worth_nothing(oidc: RunningProvider) -> None:
    provider, config = Asking(), config_of(oidc)
    attempt = new_attempt()
    url = authorization_url(await provider.metadata(config), config, REDIRECT_URI, attempt)
    code = (await sign_in_at(url, "ann"))["code"]
    stolen = provider.claims(config, code, replace(attempt, verifier=new_attempt().verifier))
    assert await problem_of(stolen) is SignInProblem.CODE_REFUSED
    wrong = replace(config, client_secret="guessed")
    exchange = await signed_in(provider, wrong, "ann")
    assert await problem_of(exchange()) is SignInProblem.CODE_REFUSED


async def test_who_is_in_no_group_of_ours_or_has_no_name_is_told_so(oidc: RunningProvider) -> None:
    provider, config = Asking(), config_of(oidc)
    for name, expected in (("bob", SignInProblem.NO_GROUP), ("eve", SignInProblem.NO_NAME)):
        claims = await (await signed_in(provider, config, name))()
        with pytest.raises(SignInFailed) as error:
            person_of(claims, config)
        assert error.value.problem is expected


async def test_a_provider_under_another_name_is_not_the_configured_one(oidc: RunningProvider) -> None:
    renamed = replace(config_of(oidc), issuer=oidc.issuer.replace("127.0.0.1", "localhost"))
    guard = AddressGuard(["127.0.0.0/8", "::1/128"])
    assert await problem_of(Asking(guard=guard).metadata(renamed)) is SignInProblem.BAD_PROVIDER


@pytest.mark.oidc
async def test_a_provider_that_goes_down_is_told_from_one_that_says_no() -> None:
    with oidc_provider.provider() as running:
        provider = Asking()
        exchange = await signed_in(provider, config_of(running), "ann")
        running.process.kill()
        running.process.wait()
        assert await problem_of(exchange()) is SignInProblem.PROVIDER_DOWN
        assert await problem_of(Asking().metadata(config_of(running))) is SignInProblem.PROVIDER_DOWN


async def test_the_address_guard_holds_for_providers_too() -> None:
    async with FakeProvider() as fake:
        assert await problem_of(Asking(guard=AddressGuard()).metadata(fake.config)) is SignInProblem.PROVIDER_DOWN


async def test_claims_of_the_id_token_are_enough_where_it_has_them_all() -> None:
    async with FakeProvider() as fake:
        claims = await Asking().claims(fake.config)
        assert claims["groups"] == ["news-desk"]
        assert fake.web.count("/me") == 0


async def test_a_new_key_is_looked_up_but_not_with_each_forged_token() -> None:
    clock = FakeClock()
    async with FakeProvider() as fake:
        provider = Asking(clock)
        ask = partial(provider.claims, fake.config)
        await ask()
        fake.rotate()
        assert await problem_of(ask()) is SignInProblem.BAD_SIGNATURE
        assert fake.web.count("/jwks") == 1
        clock.advance(61)
        await ask()
        assert fake.web.count("/jwks") == 2
        assert fake.web.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"iss": "https://evil.example"}, SignInProblem.WRONG_ISSUER),
        ({"aud": "other"}, SignInProblem.WRONG_AUDIENCE),
        ({"nonce": "other"}, SignInProblem.WRONG_NONCE),
        ({"exp": 1_700_000_000}, SignInProblem.EXPIRED),
    ],
)
async def test_a_provider_that_answers_with_a_token_that_is_not_ours_is_not_believed(
    claims: dict[str, object], expected: SignInProblem
) -> None:
    async with FakeProvider(claims) as fake:
        asked = Asking().claims(fake.config)
        assert await problem_of(asked) is expected


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/.well-known/openid-configuration", "<html>", SignInProblem.BAD_PROVIDER),
        ("/jwks", "[]", SignInProblem.BAD_SIGNATURE),
        ("/token", "<html>", SignInProblem.BAD_TOKEN),
        ("/token", '{"id_token": "a.b.c"}', SignInProblem.BAD_TOKEN),
        ("/me", '{"sub": "somebody else"}', SignInProblem.BAD_TOKEN),
        ("/me", "[]", SignInProblem.BAD_TOKEN),
    ],
)
async def test_nonsense_of_a_provider_is_named(path: str, body: str, expected: SignInProblem) -> None:
    async with FakeProvider(without=("groups",)) as fake:
        fake.web.serve(path, body)
        asked = Asking().claims(fake.config)
        assert await problem_of(asked) is expected


async def test_a_provider_that_fails_is_down() -> None:
    async with FakeProvider() as fake:
        fake.web.serve("/token", "{}", status=503)
        asked = Asking().claims(fake.config)
        assert await problem_of(asked) is SignInProblem.PROVIDER_DOWN


async def test_the_secret_is_sent_where_the_provider_wants_it_and_nowhere_else() -> None:
    async with FakeProvider() as fake:
        await Asking().claims(fake.config)
        assert fake.web.last("/token").headers["Authorization"].startswith("Basic ")
        assert b"secret" not in fake.web.last("/token").body
        fake.describe(token_endpoint_auth_methods_supported=["client_secret_post"])
        await Asking().claims(fake.config)
        assert "Authorization" not in fake.web.last("/token").headers
        assert b"client_secret=fake-secret" in fake.web.last("/token").body
        assert "fake-secret" not in repr(fake.config)
