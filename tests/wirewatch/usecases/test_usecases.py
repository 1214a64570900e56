"""Every use case: it needs the permission that it declares, and one that changes something says so in the audit log."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import orjson
import pytest

from alerts import unsubscribe
from alerts.channels.pagerduty_hook import Heard
from alerts.deliver.link_maker import keys_in
from alerts.links import Link, LinkAction, expires_at, sign
from alerts.pipeline.states import Verb
from alerts.unsubscribe import Leaving
from core.model.deadletter import DeadLetter
from core.model.outcome import AlertOutcome, DeadLetterReason, FailureReason, NotificationState, Stage
from core.store import alerts as alerts_in_store
from core.store import audit, notifications
from core.store import dead_letters as letters_in_store
from core.store import source_changes as stored_changes
from core.store import sources as stored_sources
from core.store.notifications import Attempt
from ingest.lists.listed import Listed
from tests.fakes.passwords import quick_passwords
from tests.fakes.records import a_notification, an_alert
from tests.fakes.sites import site_web
from wirewatch import usecases
from wirewatch.config.applied import read_json
from wirewatch.dead_letters import row_of
from wirewatch.usecases import (
    account,
    alert_bulk,
    alert_states,
    aliases,
    apply,
    channels,
    dead_letters,
    deliveries,
    discovery,
    hooks,
    links,
    reload,
    reprocess,
    rules,
    silences,
    source_changes,
    source_finds,
    source_lists,
    sources,
    subscriptions,
    teams,
    tokens,
    users,
    views,
)
from wirewatch.usecases.acting import DECLARED, Acting
from wirewatch.usecases.alert_states import Words
from wirewatch.usecases.aliases import NewAlias
from wirewatch.usecases.channels import NewChannel
from wirewatch.usecases.dead_letters import Wanted
from wirewatch.usecases.permission import EVERYTHING, READING, Role
from wirewatch.usecases.refusals import NotPermitted
from wirewatch.usecases.rules import NewRule
from wirewatch.usecases.session_life import Came
from wirewatch.usecases.sign_in import Door, Typed
from wirewatch.usecases.silences import NewSilence
from wirewatch.usecases.source_changes import Bulk
from wirewatch.usecases.source_plan import PlanOptions
from wirewatch.usecases.sources import NewSource
from wirewatch.usecases.tokens import NewToken
from wirewatch.usecases.users import NewUser, UserChange
from wirewatch.usecases.views import ViewedPage

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")
PASSWORD = "a long walk home"
MODULES = [import_module(f"wirewatch.usecases.{module.name}") for module in iter_modules(usecases.__path__)]
SECRETS = ("whsec_d2lyZXdhdGNoLXRlc3Qtc2VjcmV0LW9mLW91cnM=", "Basic-of-ops", "T0KEN-OF-OPS")  # what DONE hands over
CHANGING = sorted(name for name, usecase in DECLARED.items() if usecase.action is not None)


async def _a_rule(acting: Acting) -> None:
    await rules.put(acting, NewRule(name="arms", query="arms AND @dprk"))


async def _a_silence(acting: Acting) -> str:
    await _a_rule(acting)
    new = NewSilence(rule="arms", lasting=timedelta(hours=2), comment="an exercise")
    return (await silences.add(acting, new)).silence.silence_id


async def _remove_a_silence(acting: Acting) -> None:
    await silences.remove(acting, await _a_silence(acting))


async def _remove_a_rule(acting: Acting) -> None:
    await _a_rule(acting)
    await rules.remove(acting, "arms")


async def _disable_a_rule(acting: Acting) -> None:
    await _a_rule(acting)
    await rules.disable(acting, "arms")


async def _enable_a_rule(acting: Acting) -> None:
    await _remove_a_rule(acting)
    await rules.enable(acting, "arms")


async def _rename_a_rule(acting: Acting) -> None:
    await _a_rule(acting)
    await rules.rename(acting, "arms", "weapons")


async def _roll_a_rule_back(acting: Acting) -> None:
    await _a_rule(acting)
    await rules.put(acting, NewRule(name="arms", query="guns"))
    await rules.rollback(acting, "arms", 1)


async def _an_alias(acting: Acting) -> None:
    await aliases.put(acting, NewAlias(name="@guns", terms=("rifle", "pistol")))


async def _remove_an_alias(acting: Acting) -> None:
    await _an_alias(acting)
    await aliases.remove(acting, "guns")


async def _apply(acting: Acting) -> None:
    await apply.apply(acting, read_json(b'{"aliases": [{"name": "guns", "terms": ["rifle"]}]}', "a document"))


async def _roll_an_alias_back(acting: Acting) -> None:
    await _an_alias(acting)
    await aliases.put(acting, NewAlias(name="guns", terms=("rifle",)))
    await aliases.rollback(acting, "guns", 1)


async def _a_source(acting: Acting) -> None:
    await sources.add(acting, NewSource(url="https://news.example/world.xml", name="Example World"))


async def _move_a_source(acting: Acting) -> None:
    await _a_source(acting)
    await sources.move(acting, "Example World", "https://new.example/world.xml")


async def _remove_a_source(acting: Acting) -> None:
    await _a_source(acting)
    await sources.remove(acting, "Example World")


async def _change_a_source(acting: Acting) -> None:
    await _a_source(acting)
    await source_changes.change(acting, "Example World", {"lang": "en"})


async def _pause_a_source(acting: Acting) -> None:
    await _a_source(acting)
    await source_changes.pause(acting, "Example World")


async def _resume_a_source(acting: Acting) -> None:
    await _pause_a_source(acting)
    await source_changes.resume(acting, "Example World")


async def _poll_a_source(acting: Acting) -> None:
    await _a_source(acting)
    acting.clock.advance(5)  # type: ignore[attr-defined] # the tests' own
    await source_changes.poll_now(acting, "Example World")


async def _tag_a_source(acting: Acting) -> None:
    await _a_source(acting)
    await source_changes.retag(acting, "Example World", add=["wire"])


async def _tag_sources(acting: Acting) -> None:
    await _a_source(acting)
    await source_changes.bulk(acting, Bulk(action="tag", names=["Example World"], add=["wire"]))


async def _bring_sources(acting: Acting) -> None:
    listed = [Listed(place=1, url="https://news.example/world.xml", name="Example World")]
    await source_lists.bring(acting, await source_lists.plan(acting, listed, PlanOptions()))


async def _add_a_source_seen(acting: Acting) -> None:
    async with site_web(acting.db, acting.clock) as web:
        await discovery.add_seen(acting, web, NewSource(url="http://127.0.0.3:9/feed", name="Private"))


async def _take_a_find(acting: Acting) -> None:
    await _a_source(acting)
    found = "https://news.example/found.xml"
    async with acting.db.transaction() as conn:
        row = await stored_sources.find(conn, "Example World")
        assert row is not None
        told = {"site": "https://news.example/", "found": [{"url": found, "title": "World", "words": "2 entries"}]}
        await stored_changes.put_search(conn, row.source.source_id, told, acting.clock.now())
    assert (await source_finds.found_for(acting, "Example World")) is not None
    await source_finds.take(acting, "Example World", found)


async def _redrive(acting: Acting) -> None:
    notification = a_notification()
    async with acting.db.transaction() as conn:
        await notifications.add(conn, notification, acting.clock.now())
        attempt = Attempt(at=acting.clock.now(), reason=FailureReason.SERVER_ERROR)
        await notifications.record_attempt(conn, notification.notification_id, attempt, state=NotificationState.DEAD)
    assert await deliveries.redrive(acting, [notification.notification_id]) == 1


async def _a_dead_letter(acting: Acting) -> str:
    letter = DeadLetter(
        topic="entries", partition=0, offset=1, key="k", value_base64="e30=", reason=DeadLetterReason.FAILED, detail="d",
        at=acting.clock.now(),
    )  # fmt: skip
    async with acting.db.transaction() as conn:
        await letters_in_store.put_many(conn, [row_of(letter)])
    return letters_in_store.letter_id(letter)


async def _redrive_a_letter(acting: Acting) -> None:
    assert await dead_letters.redrive(acting, [await _a_dead_letter(acting)]) == 1


async def _redrive_all_letters(acting: Acting) -> None:
    await _a_dead_letter(acting)
    assert await dead_letters.redrive_all(acting, Wanted(reason=DeadLetterReason.FAILED)) == 1


async def _drop_a_letter(acting: Acting) -> None:
    assert await dead_letters.drop(acting, [await _a_dead_letter(acting)]) == 1


async def _drop_all_letters(acting: Acting) -> None:
    await _a_dead_letter(acting)
    assert await dead_letters.drop_all(acting, Wanted(stage=Stage.READ)) == 1


async def _a_channel(acting: Acting) -> None:
    secrets = {"secret": SECRETS[0], "headers": {"Authorization": SECRETS[1]}}
    new = NewChannel(name="ops", kind="webhook", settings={"url": f"http://127.0.0.1:9/hook/{SECRETS[2]}", **secrets})
    await channels.add(acting, new, {})


async def _change_a_channel(acting: Acting) -> None:
    await _a_channel(acting)
    await channels.change(acting, "ops", {"timeout_seconds": 3}, (), {})


async def _remove_a_channel(acting: Acting) -> None:
    await _a_channel(acting)
    await channels.remove(acting, "ops")


async def _pause_a_channel(acting: Acting) -> None:
    await _a_channel(acting)
    await channels.pause(acting, "ops")


async def _resume_a_channel(acting: Acting) -> None:
    await _pause_a_channel(acting)
    await channels.resume(acting, "ops")


async def _test_a_channel(acting: Acting) -> None:
    await _a_channel(acting)
    await channels.test(acting, "ops", {})  # our address guard refuses it: that is an answer, too


async def _an_alert(acting: Acting) -> str:
    alert = an_alert()
    async with acting.db.transaction() as conn:
        await alerts_in_store.insert_alert(conn, alert, AlertOutcome.CREATED)
    return alert.alert_id


async def _snooze(acting: Acting) -> None:
    await alert_states.snooze(acting, await _an_alert(acting), timedelta(hours=1), Words())


async def _release(acting: Acting) -> None:
    await _snooze(acting)
    await alert_states.release(acting, an_alert().alert_id, Words())


async def _relevant(acting: Acting) -> None:
    await alert_states.not_relevant(acting, await _an_alert(acting), Words())
    await alert_states.relevant(acting, an_alert().alert_id, Words())


async def _acknowledge(acting: Acting) -> None:
    await alert_states.acknowledge(acting, await _an_alert(acting), Words())


async def _resolve(acting: Acting) -> None:
    await alert_states.resolve(acting, await _an_alert(acting), Words())


async def _not_relevant(acting: Acting) -> None:
    await alert_states.not_relevant(acting, await _an_alert(acting), Words())


async def _comment(acting: Acting) -> None:
    await alert_states.comment(acting, await _an_alert(acting), Words(comment="hm"))


async def _token(acting: Acting, action: LinkAction) -> str:
    await _a_rule(acting)
    rule = await rules.show(acting, "arms")
    alert = replace(an_alert(), rule=rule.current.ref())
    async with acting.db.transaction() as conn:
        await alerts_in_store.insert_alert(conn, alert, AlertOutcome.CREATED)
    (key,) = await keys_in(acting.db)
    return sign(key, Link(action=action, alert_id=alert.alert_id, expires=expires_at(acting.clock.now())))


async def _acknowledge_by_link(acting: Acting) -> None:
    await links.acknowledge(acting, await _token(acting, LinkAction.ACKNOWLEDGE))


async def _silence_by_link(acting: Acting) -> None:
    await links.silence(acting, await _token(acting, LinkAction.SILENCE), 4)


async def _heed(acting: Acting) -> None:
    alert_id = await _an_alert(acting)
    said = Heard(verb=Verb.ACKNOWLEDGE, alert_id=alert_id, by="Ann (PagerDuty)", by_person=True, at=None)
    assert await hooks.heed(acting, said) == "the alert is acknowledged"


async def _leave(acting: Acting) -> None:
    (key,) = await keys_in(acting.db)
    await subscriptions.leave(acting, unsubscribe.sign(key, Leaving(channel="wire", address="ann@desk.example")))


async def _subscribe(acting: Acting) -> None:
    await _leave(acting)
    await subscriptions.subscribe(acting, "wire", "Ann@desk.example")


async def _a_user(acting: Acting) -> None:
    await users.add(acting, NewUser(name="kim", password=PASSWORD))


async def _two_users(acting: Acting) -> None:
    await _a_user(acting)
    await users.add(acting, NewUser(name="ann", role=Role.EDITOR))


async def _change_a_user(acting: Acting) -> None:
    await _two_users(acting)
    await users.change(acting, "ann", UserChange(role=Role.VIEWER))


async def _set_a_password(acting: Acting) -> None:
    await _a_user(acting)
    await users.set_password(acting, "kim", PASSWORD + "s")


async def _remove_a_user(acting: Acting) -> None:
    await _two_users(acting)
    await users.remove(acting, "ann")


async def _sign_a_user_out(acting: Acting) -> None:
    await _signed_in(acting)
    await users.end_sessions(acting, "kim")


async def _remove_a_team(acting: Acting) -> None:
    await teams.add(acting, "sport")
    await teams.remove(acting, "sport")


async def _signed_in(acting: Acting) -> Acting:
    await _a_user(acting)
    begun = await Door.new(acting.clock).sign_in(acting, Typed("kim", PASSWORD), Came(address="::1", user_agent="B"))
    return replace(acting, user_id=begun.user.user_id, session_id=begun.session.session_id)


async def _change_a_password(acting: Acting) -> None:
    await account.change_password(await _signed_in(acting), PASSWORD, PASSWORD + "s")


async def _choose_a_zone(acting: Acting) -> None:
    await account.set_time_zone(await _signed_in(acting), "Asia/Kolkata")


async def _choose_a_team(acting: Acting) -> None:
    await account.work_in(await _signed_in(acting), "default")


async def _end_sessions(acting: Acting) -> None:
    kim = await _signed_in(acting)
    await Door.new(acting.clock).sign_in(acting, Typed("kim", PASSWORD), Came(address="::1", user_agent="B"))
    await account.end_sessions(kim)


async def _assign(acting: Acting) -> None:
    await _a_user(acting)
    await alert_states.assign(acting, await _an_alert(acting), "kim", Words())


async def _bulk(acting: Acting) -> None:
    await alert_bulk.say_of_all(acting, [await _an_alert(acting)], Verb.RESOLVE, Words())


async def _keep_a_view(acting: Acting) -> None:
    await views.save(await _signed_in(acting), ViewedPage.ALERTS, "mine", "state=open")


async def _forget_a_view(acting: Acting) -> None:
    me = await _signed_in(acting)
    await views.remove(me, (await views.save(me, ViewedPage.ALERTS, "mine", "state=open")).view_id)


async def _a_token(acting: Acting) -> str:
    await _a_user(acting)
    return (await tokens.add(acting, NewToken(name="ci", scopes=("read",), owner="kim"))).token.token_id


async def _remove_a_token(acting: Acting) -> None:
    await tokens.remove(acting, await _a_token(acting))


# One way to do each thing that changes something.
DONE: dict[str, Callable[[Acting], Awaitable[object]]] = {
    "alert_bulk.say_of_all": _bulk,
    "alert_states.acknowledge": _acknowledge,
    "alert_states.assign": _assign,
    "alert_states.comment": _comment,
    "alert_states.not_relevant": _not_relevant,
    "alert_states.release": _release,
    "alert_states.relevant": _relevant,
    "alert_states.resolve": _resolve,
    "alert_states.snooze": _snooze,
    "reprocess.reprocess": lambda me: reprocess.reprocess(me, me.clock.now() - timedelta(days=1), None),
    "account.change_password": _change_a_password,
    "account.end_sessions": _end_sessions,
    "account.set_time_zone": _choose_a_zone,
    "account.work_in": _choose_a_team,
    "views.save": _keep_a_view,
    "views.remove": _forget_a_view,
    "aliases.put": _an_alias,
    "apply.apply": _apply,
    "aliases.remove": _remove_an_alias,
    "aliases.rollback": _roll_an_alias_back,
    "dead_letters.drop": _drop_a_letter,
    "dead_letters.drop_all": _drop_all_letters,
    "dead_letters.redrive": _redrive_a_letter,
    "dead_letters.redrive_all": _redrive_all_letters,
    "channels.add": _a_channel,
    "channels.change": _change_a_channel,
    "channels.pause": _pause_a_channel,
    "channels.remove": _remove_a_channel,
    "channels.resume": _resume_a_channel,
    "channels.test": _test_a_channel,
    "deliveries.redrive": _redrive,
    "deliveries.redrive_all": deliveries.redrive_all,
    "hooks.heed": _heed,
    "links.acknowledge": _acknowledge_by_link,
    "links.rotate": lambda me: links.rotate(me, revoke=False),
    "links.silence": _silence_by_link,
    "rules.disable": _disable_a_rule,
    "rules.enable": _enable_a_rule,
    "reload.reload": reload.reload,
    "rules.put": _a_rule,
    "rules.remove": _remove_a_rule,
    "rules.rename": _rename_a_rule,
    "rules.rollback": _roll_a_rule_back,
    "silences.add": _a_silence,
    "silences.remove": _remove_a_silence,
    "subscriptions.leave": _leave,
    "subscriptions.subscribe": _subscribe,
    "teams.add": lambda me: teams.add(me, "sport"),
    "teams.remove": _remove_a_team,
    "tokens.add": _a_token,
    "tokens.remove": _remove_a_token,
    "users.add": _a_user,
    "users.change": _change_a_user,
    "users.end_sessions": _sign_a_user_out,
    "users.remove": _remove_a_user,
    "users.set_password": _set_a_password,
    "discovery.add_seen": _add_a_source_seen,
    "source_changes.bulk": _tag_sources,
    "source_changes.change": _change_a_source,
    "source_changes.pause": _pause_a_source,
    "source_changes.poll_now": _poll_a_source,
    "source_changes.resume": _resume_a_source,
    "source_changes.retag": _tag_a_source,
    "source_finds.take": _take_a_find,
    "source_lists.bring": _bring_sources,
    "sources.add": _a_source,
    "sources.move": _move_a_source,
    "sources.remove": _remove_a_source,
}


def _actions() -> list[tuple[str, Callable[..., Awaitable[object]]]]:
    """All public functions of the package's modules that take somebody who acts."""
    return [
        (f"{module.__name__.rpartition('.')[2]}.{name}", function)
        for module in MODULES
        for name, function in vars(module).items()
        if inspect.iscoroutinefunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and next(iter(inspect.signature(function).parameters.values()), None) is not None
        and next(iter(inspect.signature(function).parameters.values())).annotation is Acting
    ]


@pytest.mark.parametrize(("name", "function"), _actions(), ids=[name for name, _ in _actions()])
async def test_a_use_case_declares_a_permission_and_refuses_who_does_not_hold_it(
    name: str, function: Callable[..., Awaitable[object]], acting: Acting
) -> None:
    needed = DECLARED[name].permission
    given: list[Any] = [None] * (
        len(inspect.signature(function).parameters) - 1
    )  # it is refused before it looks at them
    positional = [p for p in list(inspect.signature(function).parameters.values())[1:] if p.kind is not p.KEYWORD_ONLY]
    with pytest.raises(NotPermitted, match=needed.value):
        await function(replace(acting, permissions=EVERYTHING - {needed}), *given[: len(positional)])


@pytest.mark.parametrize("name", CHANGING)
async def test_what_changes_something_stands_in_the_audit_log(name: str, acting: Acting) -> None:
    await DONE[name](acting)
    async with acting.db.connection() as conn:
        [newest, *_] = await audit.list_rows(conn)
    assert (newest.action, newest.actor) == (DECLARED[name].action, "kim")
    assert newest.subject


@pytest.mark.parametrize("name", CHANGING)
async def test_what_changes_something_says_from_where_and_what_it_was_before_and_after(
    name: str, acting: Acting
) -> None:
    await DONE[name](replace(acting, address="192.0.2.7"))
    async with acting.db.connection() as conn:
        [newest, *_] = await audit.list_rows(conn)
    assert newest.address == "192.0.2.7"
    assert newest.before != newest.after or newest.detail.get("comment"), "nothing differs"
    written = orjson.dumps([newest.before, newest.after, newest.detail]).decode()
    assert [secret for secret in SECRETS if secret in written] == []


def test_who_may_only_read_changes_nothing() -> None:
    reading = {name for name, usecase in DECLARED.items() if usecase.permission in READING}
    assert reading
    assert reading.isdisjoint(CHANGING)


async def test_only_a_declared_change_is_noted(acting: Acting) -> None:
    async with acting.db.transaction() as conn:
        with pytest.raises(TypeError, match="changes"):
            await acting.note(conn, "arms")
