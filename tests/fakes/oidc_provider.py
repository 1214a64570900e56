"""An OpenID Connect provider that says what a test wants: `async with FakeProvider({"aud": "other"}) as fake`."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from types import TracebackType
from typing import Self

import jwt
import orjson
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from core.clock import SystemClock
from tests.fakes.web import FakeWeb
from wirewatch.oidc.settings import OidcConfig


class FakeProvider:
    """Signs in "ann" of the group news-desk for any code; `claims` are laid over hers, `without` taken away."""

    def __init__(self, claims: Mapping[str, object] | None = None, without: Collection[str] = ()) -> None:
        self.web = FakeWeb()
        self.claims: dict[str, object] = dict(claims or {})
        self._without = without
        self._keys = 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    async def __aenter__(self) -> Self:
        await self.web.__aenter__()
        self.describe()
        self.rotate()
        self.web.handle("/token", self._token)
        self.web.serve("/me", orjson.dumps({"sub": "ann"}))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.web.__aexit__(kind, error, trace)

    @property
    def issuer(self) -> str:
        return self.web.url("")

    @property
    def config(self) -> OidcConfig:
        return OidcConfig(
            issuer=self.issuer, client_id="wirewatch", client_secret="fake-secret", roles={"news-desk": "editor"}
        )

    def describe(self, **members: object) -> None:
        """What it says of itself."""
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": self.web.url("/auth"),
            "token_endpoint": self.web.url("/token"),
            "jwks_uri": self.web.url("/jwks"),
            "userinfo_endpoint": self.web.url("/me"),
            **members,
        }
        self.web.serve("/.well-known/openid-configuration", orjson.dumps(document))

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self._keys += 1
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = orjson.loads(ECAlgorithm.to_jwk(self._key.public_key()))
        self.web.serve("/jwks", orjson.dumps({"keys": [{**public, "kid": str(self._keys), "alg": "ES256"}]}))

    async def _token(self, _: web.Request) -> web.StreamResponse:
        now = SystemClock().now()
        claims = {
            "iss": self.issuer,
            "sub": "ann",
            "aud": "wirewatch",
            "nonce": "n",
            "preferred_username": "ann",
            "groups": ["news-desk"],
            "iat": now,
            "exp": now + timedelta(minutes=5),
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if name not in self._without}
        token = jwt.encode(kept, self._key, algorithm="ES256", headers={"kid": str(self._keys)})
        return web.json_response({"id_token": token, "access_token": "opens-me", "token_type": "Bearer"})
