"""Signing in with an OpenID Connect provider: the way there, the way back, and the user that somebody is here.

A user is made at the first sign-in, or is the one of that name whom an admin has added without a password. Role and teams
follow the provider's groups at each sign-in. A user with a password, or with another account of the provider, is never taken
over by somebody of that name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from core.clock import Clock
from core.db.connection import Connection
from core.model import ids
from core.model.team import DEFAULT_TEAM
from core.model.user import UserRow, user_name
from core.net.client import Fetcher, FetchSettings
from core.net.guard import AddressGuard
from core.store import identities, sign_in_attempts, teams, users
from core.store.sign_in_attempts import AttemptRow
from wirewatch.oidc.flow import ATTEMPT_SECONDS, SignInAttempt, authorization_url, code_of, new_attempt, same
from wirewatch.oidc.person import ProvidedPerson, person_of
from wirewatch.oidc.problems import SignInFailed, SignInProblem
from wirewatch.oidc.provider import CodeAnswer, Provider
from wirewatch.oidc.settings import CALLBACK, OidcConfig
from wirewatch.throttle import Throttle
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import Role
from wirewatch.usecases.refusals import NotFound
from wirewatch.usecases.session_life import Begun, Came, begin
from wirewatch.usecases.users import known_users

_MOST_ATTEMPTS = 10_000  # under way at once: what visitors without a name can fill
_BOUNDS = FetchSettings(deadline_seconds=15.0, connect_seconds=5.0, read_seconds=10.0)
_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """`url`: of the provider. `state`: what the browser keeps, to show that it is the one that was sent."""

    url: str
    state: str


@dataclass(frozen=True, slots=True)
class ProviderDoor:
    """Where people come in who sign in elsewhere. `by_address`: sign-ins begun."""

    provider: Provider
    by_address: Throttle

    @classmethod
    def new(cls, clock: Clock) -> "ProviderDoor":
        return cls(Provider(clock), Throttle(clock, burst=30, seconds=3.0))

    async def send(self, acting: Acting, address: str) -> Sent:
        """Where the browser goes to sign in. Raises NotFound without a provider, SignInFailed."""
        config = _configured(acting)
        if self.by_address.wait_seconds(address) > 0:
            raise SignInFailed(SignInProblem.TOO_MANY)
        async with _fetcher(acting) as fetcher:
            metadata = await self.provider.metadata(fetcher, config)
        attempt, now = new_attempt(), acting.clock.now()
        async with acting.db.transaction() as conn:
            await sign_in_attempts.prune(conn, now - timedelta(seconds=ATTEMPT_SECONDS))
            if await sign_in_attempts.count(conn) >= _MOST_ATTEMPTS:
                raise SignInFailed(SignInProblem.TOO_MANY)
            row = AttemptRow(nonce=attempt.nonce, verifier=attempt.verifier, created=now)
            await sign_in_attempts.add(conn, attempt.state, row)
        return Sent(authorization_url(metadata, config, _way_back(acting), attempt), attempt.state)

    async def admit(self, acting: Acting, answer: Mapping[str, str], kept: str | None, came: Came) -> Begun:
        """A session for whom the provider sent back with `answer`; `kept`: the state that the browser kept.

        Raises NotFound without a provider, SignInFailed.
        """
        config = _configured(acting)
        attempt = await _taken(acting, answer.get("state", ""), kept or "")
        async with _fetcher(acting) as fetcher:
            code = code_of(answer, await self.provider.metadata(fetcher, config))
            brought = CodeAnswer(code=code, redirect_uri=_way_back(acting), attempt=attempt)
            claims = await self.provider.claims(fetcher, config, brought)
        person = person_of(claims, config)
        async with acting.db.transaction() as conn:
            row = await _user(acting, conn, person)
            begun = await begin(conn, row, came, acting.clock.now())
            signed = replace(acting, actor=row.name, user_id=row.user_id, address=came.address, action="session.begin")
            await signed.note(
                conn, row.name, after={"session": begun.session.session_id, "signed_in_with": config.issuer}
            )
        return begun


def _configured(acting: Acting) -> OidcConfig:
    if acting.config.oidc is None:
        raise NotFound("there is no sign-in provider; the section [oidc] of the configuration names one")
    return acting.config.oidc


def _way_back(acting: Acting) -> str:
    return acting.config.server.public_url + CALLBACK


def _fetcher(acting: Acting) -> Fetcher:
    fetch = acting.config.fetch
    return Fetcher(AddressGuard(fetch.allow_networks), fetch.user_agent, acting.clock, _BOUNDS)


async def _taken(acting: Acting, state: str, kept: str) -> SignInAttempt:
    """The attempt that this browser began. Its state is used up by whoever asks first, also where the browser is another."""
    async with acting.db.transaction() as conn:
        row = await sign_in_attempts.take(conn, state)
    if row is None or not same(state, kept):
        raise SignInFailed(SignInProblem.UNKNOWN_STATE, "" if row is None else "another browser")
    if acting.clock.now() - row.created > timedelta(seconds=ATTEMPT_SECONDS):
        raise SignInFailed(SignInProblem.UNKNOWN_STATE, "too old")
    return SignInAttempt(state=state, nonce=row.nonce, verifier=row.verifier)


async def _user(acting: Acting, conn: Connection, person: ProvidedPerson) -> UserRow:
    """The user that somebody is here, made if need be, with the role and the teams that they have now. Raises SignInFailed."""
    user_id = await identities.user_of(conn, person.issuer, person.subject)
    row = await _expected(acting, conn, person) if user_id is None else await users.by_id(conn, user_id)
    if row is None:
        return await _made(acting, conn, person)
    if not row.enabled:
        raise SignInFailed(SignInProblem.DISABLED, row.name)
    role = await _role(conn, row, person)
    before = await _told(conn, row)
    await users.change(conn, row.user_id, role=role)
    await _join(acting, conn, row.user_id, person.teams)
    row = replace(row, role=role)
    after = await _told(conn, row)
    if after != before:
        await _note(acting, conn, row, "user.change", before, after)
    return row


async def _expected(acting: Acting, conn: Connection, person: ProvidedPerson) -> UserRow | None:
    """The user of that name whom an admin has added without a password, and who is nobody at a provider yet."""
    row = await users.by_name(conn, person.name)
    if row is None or row.password_hash is not None or await identities.issuers(conn, row.user_id):
        return None
    await identities.add(conn, person.issuer, person.subject, row.user_id, acting.clock.now())
    return row


async def _made(acting: Acting, conn: Connection, person: ProvidedPerson) -> UserRow:
    try:
        name = user_name(person.name)
    except ValueError as error:
        raise SignInFailed(SignInProblem.NO_NAME, str(error)) from None
    now = acting.clock.now()
    row = UserRow(user_id=ids.new_id(), name=name, role=person.role, created=now)
    if not await users.add(conn, row):
        raise SignInFailed(SignInProblem.NAME_TAKEN, name)
    await identities.add(conn, person.issuer, person.subject, row.user_id, now)
    await _join(acting, conn, row.user_id, {DEFAULT_TEAM} if person.teams is None else person.teams)
    await _note(acting, conn, row, "user.add", None, await _told(conn, row))
    return row


async def _role(conn: Connection, row: UserRow, person: ProvidedPerson) -> str:
    """What the provider says; but the last admin stays one: somebody must be able to let others in."""
    losing = row.role == Role.ADMIN and person.role != Role.ADMIN
    if losing and await users.held_in_role(conn, Role.ADMIN) == [row.user_id]:
        _logger.warning("last_admin_stays", name=row.name, role=person.role)
        return row.role
    return person.role


async def _join(acting: Acting, conn: Connection, user_id: str, names: frozenset[str] | set[str] | None) -> None:
    """Be in these teams and no other; None: as it is."""
    if names is None:
        return
    known = await teams.ensure(conn, names, acting.clock.now())
    await users.join_exactly(conn, user_id, [known[name] for name in names])


async def _told(conn: Connection, row: UserRow) -> dict[str, object]:
    """For the audit log."""
    (known,) = await known_users(conn, [row])
    return known.told()


async def _note(
    acting: Acting,
    conn: Connection,
    row: UserRow,
    action: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> None:
    issuer = acting.config.oidc.issuer if acting.config.oidc is not None else ""
    by = replace(acting, actor=row.name, user_id=row.user_id, action=action)
    await by.note(conn, row.name, before=before, after=after, provider=issuer)
