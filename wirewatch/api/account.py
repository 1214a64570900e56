"""Operations on what is the asker's own."""

from dataclasses import replace

from wirewatch.api.operation import Call, operation
from wirewatch.api.user_models import Account, AccountBody, Ended, OwnPasswordBody, Session, Sessions
from wirewatch.usecases import account
from wirewatch.usecases.permission import Permission

_OWN = Permission.OWN_ACCOUNT


@operation("GET", "/account", summary="Show oneself", access=_OWN, answer=Account)
async def show_account(call: Call[None, None]) -> Account:
    """Who asks, in which role and teams."""
    return Account.of(await account.show(call.acting))


@operation("PATCH", "/account", summary="Change one's account", access=_OWN, body=AccountBody, answer=Account)
async def change_account(call: Call[None, AccountBody]) -> Account:
    """In which zone pages show times, and which team one works in."""
    given = call.body.model_fields_set
    if "time_zone" in given:
        await account.set_time_zone(call.acting, call.body.time_zone)
    if "team" not in given:
        return Account.of(await account.show(call.acting))
    team_id = await account.work_in(call.acting, call.body.team)
    return Account.of(replace(await account.show(call.acting), team_id=team_id))


@operation("PUT", "/account/password", summary="Change one's password", access=_OWN, body=OwnPasswordBody, status=204)
async def change_own_password(call: Call[None, OwnPasswordBody]) -> None:
    """One's other sessions end."""
    await account.change_password(call.acting, call.body.old_password, call.body.password)


@operation("GET", "/account/sessions", summary="List one's sessions", access=_OWN, answer=Sessions)
async def list_own_sessions(call: Call[None, None]) -> Sessions:
    """Those that are not over, the one used last first."""
    return Sessions(sessions=Session.of_all(await account.list_sessions(call.acting)))


@operation("DELETE", "/account/sessions", summary="End one's sessions", access=_OWN, answer=Ended)
async def end_own_sessions(call: Call[None, None]) -> Ended:
    """All but the one that asks."""
    return Ended(ended=await account.end_sessions(call.acting))


@operation("DELETE", "/account/sessions/{session_id}", summary="End one of one's sessions", access=_OWN, status=204)
async def end_own_session(call: Call[None, None]) -> None:
    """Where one is signed in no more."""
    await account.end_sessions(call.acting, call.path["session_id"])


OPERATIONS = [
    show_account,
    change_account,
    change_own_password,
    list_own_sessions,
    end_own_sessions,
    end_own_session,
]
