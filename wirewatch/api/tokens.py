"""Operations on API tokens."""

from datetime import timedelta

from wirewatch.api.operation import Call, operation
from wirewatch.api.token_models import MadeToken, NewTokenBody, Token, Tokens, TokensQuery
from wirewatch.usecases import tokens
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.tokens import NewToken

_OWN = Permission.OWN_TOKENS


@operation("GET", "/tokens", summary="List tokens", access=_OWN, query=TokensQuery, answer=Tokens)
async def list_tokens(call: Call[TokensQuery, None]) -> Tokens:
    """One's own, or those of all users for who may change them; the newest first."""
    page = await tokens.list_page(call.acting, Paging(call.query.limit, call.query.cursor), own=call.query.own)
    return Tokens(tokens=Token.of_all(page.items), next=page.next)


@operation(
    "POST",
    "/tokens",
    summary="Make a token",
    access=_OWN,
    body=NewTokenBody,
    answer=MadeToken,
    status=201,
    creates=True,
    told_once=True,
)
async def make_token(call: Call[None, NewTokenBody]) -> MadeToken:
    """It may do at most what its owner may, and what who makes it may; one that a token makes ends with that at the latest."""
    given = call.body
    lasting = None if given.days is None else timedelta(days=given.days)
    new = NewToken(name=given.name, scopes=given.scopes, owner=given.owner, team=given.team, lasting=lasting)
    made = await tokens.add(call.acting, new)
    return MadeToken(token=Token.of(made.token), secret=made.secret)


@operation("GET", "/tokens/{token_id}", summary="Show a token", access=_OWN, answer=Token)
async def show_token(call: Call[None, None]) -> Token:
    """By its id; the token itself is kept nowhere."""
    return Token.of(await tokens.show(call.acting, call.path["token_id"]))


@operation("DELETE", "/tokens/{token_id}", summary="Remove a token", access=_OWN, status=204)
async def remove_token(call: Call[None, None]) -> None:
    """From now on it opens nothing."""
    await tokens.remove(call.acting, call.path["token_id"])


OPERATIONS = [list_tokens, make_token, show_token, remove_token]
