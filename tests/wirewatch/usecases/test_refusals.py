"""What is refused: with a code that stays, and with nothing done; what is done stands in the audit log or is not done."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from aiohttp.test_utils import make_mocked_request
from sqlalchemy import text

from core.errors import WirewatchError
from core.model.rule import AliasDraft, RuleDraft
from core.model.source import SourceKind
from core.store import aliases as stored_aliases
from core.store import audit, notifications
from core.store import rules as stored_rules
from core.store import sources as stored_sources
from tests.fakes.records import a_notification, a_source
from wirewatch.api import problems
from wirewatch.usecases import aliases, articles, deliveries, rules, silences, sources
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.aliases import NewAlias
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import (
    Conflict,
    Invalid,
    ManagedInFile,
    NotFound,
    NotPermitted,
    Refused,
    Stale,
    nearest,
)
from wirewatch.usecases.rules import NewRule
from wirewatch.usecases.silences import NewSilence
from wirewatch.usecases.sources import NewSource

HOUR = timedelta(hours=1)
REFUSALS: dict[str, tuple[Callable[[Acting], Awaitable[object]], str]] = {
    "a rule that nobody knows": (lambda me: rules.show(me, "none"), "not_found"),
    "a version that is not there": (lambda me: rules.rollback(me, "filed", 9), "not_found"),
    "a rule of a file, changed": (lambda me: rules.put(me, NewRule(name="filed", query="guns")), "managed_in_file"),
    "a rule of a file, removed": (lambda me: rules.remove(me, "filed"), "managed_in_file"),
    "a rule of a file, rolled back": (lambda me: rules.rollback(me, "filed", 1), "managed_in_file"),
    "a rule that is removed twice": (lambda me: rules.remove(me, "gone"), "conflict"),
    "a rule without a query": (lambda me: rules.put(me, NewRule(name="new")), "invalid"),
    "a text that is no rule": (lambda me: rules.put(me, NewRule(name="new", query="a AND b OR c")), "invalid"),
    "a channel that nobody knows": (
        lambda me: rules.put(me, NewRule(name="new", query="a", channels=("dest",))),
        "not_found",
    ),
    "a name that is none": (lambda me: aliases.put(me, NewAlias(name="a b", terms=("x",))), "invalid"),
    "an alias of a file": (lambda me: aliases.put(me, NewAlias(name="guns", terms=("x",))), "managed_in_file"),
    "an alias that nobody knows": (lambda me: aliases.show(me, "none"), "not_found"),
    "an address that is none": (lambda me: sources.add(me, NewSource(url="ftp://x/", name="x")), "invalid"),
    "a country that is none": (
        lambda me: sources.add(me, NewSource(url="https://a.example/", name="x", country="Italy")),
        "invalid",
    ),
    "a name that is taken": (
        lambda me: sources.add(me, NewSource(url="https://b.example/", name="Example World", kind=SourceKind.FEED)),
        "conflict",
    ),
    "a source of a file": (lambda me: sources.remove(me, "Example World"), "managed_in_file"),
    "a silence of no rule": (
        lambda me: silences.add(me, NewSilence(rule="file", lasting=HOUR, comment="x")),
        "not_found",
    ),
    "a silence that nobody knows": (lambda me: silences.remove(me, "none"), "not_found"),
    "a notification that nobody knows": (lambda me: deliveries.redrive(me, ["none"]), "not_found"),
    "a notification that waits": (lambda me: deliveries.redrive(me, [a_notification().notification_id]), "conflict"),
    "what is no article": (lambda me: articles.trace(me, " "), "invalid"),
    "an article that is not stored": (
        lambda me: articles.explain_rule(me, "arms", "https://a.example/1"),
        "not_found",
    ),
}


@pytest.fixture
async def newsroom(acting: Acting) -> Acting:
    """With a rule, an alias and a source of a file, a rule that was removed, and a notification that waits."""
    async with acting.db.transaction() as conn:
        now = acting.clock.now()
        await stored_rules.sync_from_config(conn, [RuleDraft(name="filed", query="arms", canonical="arms")], now)
        await stored_rules.put(conn, RuleDraft(name="gone", query="arms", canonical="arms"), now)
        await stored_rules.set_enabled(conn, "gone", enabled=False)
        await stored_aliases.sync_from_config(conn, [AliasDraft(name="guns", terms=("rifle",))], now)
        await stored_sources.sync_from_config(conn, [a_source()], now)
        await notifications.add(conn, a_notification(), now)
    return acting


@pytest.mark.parametrize("what", REFUSALS)
async def test_what_cannot_be_done_is_refused_with_its_code_and_leaves_no_trace(what: str, newsroom: Acting) -> None:
    action, code = REFUSALS[what]
    with pytest.raises(Refused) as refusal:
        await action(newsroom)
    assert refusal.value.code == code
    async with newsroom.db.connection() as conn:
        assert await audit.list_rows(conn) == []


async def test_what_cannot_be_noted_is_not_done(acting: Acting) -> None:
    async with acting.db.transaction() as conn:
        await conn.execute(text("DROP TABLE audit"))
    with pytest.raises(WirewatchError):
        await silences.add(acting, NewSilence(rule="*", lasting=HOUR, comment="an exercise"))
    assert (await silences.list_page(acting, Paging())).items == ()


def test_the_name_that_was_probably_meant_is_told_also_among_very_many() -> None:
    assert nearest("dprk-arm", ["dprk-arms", "oil"]) == "dprk-arms"
    assert nearest("wombat", ["dprk-arms", "oil"]) is None
    many = [f"source {number}" for number in range(5000)]
    assert nearest("Exampel World", [*many, "Example World"]) == "Example World"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("x"), 404, "not_found"),
        (NotPermitted("x"), 403, "not_permitted"),
        (Conflict("x"), 409, "conflict"),
        (ManagedInFile("x"), 409, "managed_in_file"),
        (Stale("x", "tag"), 412, "stale"),
        (Invalid("x"), 400, "invalid"),
        (Invalid("x", "country"), 400, "invalid"),
    ],
)
def test_a_program_is_told_of_a_refusal_by_status_and_code(error: Refused, status: int, code: str) -> None:
    answer = problems.to(make_mocked_request("GET", "/api/v1/rules"), problems.of_refused(error))
    assert (answer.status, answer.content_type) == (status, "application/problem+json")
    assert f'"code":"{code}"' in (answer.text or "")
    assert problems.to(make_mocked_request("GET", "/rules/x"), problems.of_refused(error)).text == "X.\n"
