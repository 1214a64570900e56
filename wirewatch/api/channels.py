"""Operations on channels."""

import os
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from alerts.channels.form_fields import fields_of
from alerts.channels.registry import KINDS
from wirewatch.api.channel_models import (
    Channel,
    ChannelChange,
    ChannelDetails,
    Channels,
    ChannelStored,
    Kind,
    Kinds,
    NewChannel,
    Trial,
    Waiting,
)
from wirewatch.api.model import PagedAll
from wirewatch.api.operation import Answer, Call, operation
from wirewatch.usecases import channels
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission


@operation(
    "GET", "/channels", summary="List channels", access=Permission.READ_CHANNELS, query=PagedAll, answer=Channels
)
async def list_channels(call: Call[PagedAll, None]) -> Channels:
    """By name, without their secrets."""
    page = await channels.list_page(call.acting, Paging(call.query.limit, call.query.cursor))
    return Channels(channels=[Channel.of_known(one) for one in page.items], next=page.next)


@operation("GET", "/channel-kinds", summary="List kinds of channels", access=Permission.READ_CHANNELS, answer=Kinds)
async def list_channel_kinds(_: Call[Any, None]) -> Kinds:
    """With their settings."""
    return Kinds(kinds=[Kind.of_kind(name, kind, fields_of(name)) for name, kind in KINDS.items()])


@operation(
    "POST",
    "/channels",
    summary="Make a channel",
    access=Permission.CHANGE_CHANNELS,
    body=NewChannel,
    answer=ChannelStored,
    status=HTTPStatus.CREATED,
    creates=True,
)
async def add_channel(call: Call[Any, NewChannel]) -> Answer:
    """Processes that deliver use it within seconds. Files and variables of the server cannot be named here."""
    body = call.body
    new = channels.NewChannel(name=body.name, kind=body.kind, settings=body.settings)
    stored = await channels.add(call.acting, new, os.environ)
    return await _stored(call.acting, body.name, stored)


@operation(
    "GET", "/channels/{channel}", summary="Show a channel", access=Permission.READ_CHANNELS, answer=ChannelDetails
)
async def show_channel(call: Call[Any, None]) -> Answer:
    """By its id, or by its name in one's own team."""
    me, name = await _named(call)
    shown = await channels.show(me, name)
    return Answer(ChannelDetails.of_shown(shown), etag=shown.channel.tag)


@operation(
    "PATCH",
    "/channels/{channel}",
    summary="Change a channel",
    access=Permission.CHANGE_CHANNELS,
    body=ChannelChange,
    answer=ChannelStored,
    stale=True,
)
async def change_channel(call: Call[Any, ChannelChange]) -> Answer:
    """What waits for it is tried at once. Where it sends to another address, secrets have to be given again."""
    me, name = await _named(call)
    stored = await channels.change(me, name, call.body.settings, call.body.without, os.environ)
    return await _stored(me, name, stored)


@operation(
    "DELETE",
    "/channels/{channel}",
    summary="Remove a channel",
    access=Permission.CHANGE_CHANNELS,
    status=HTTPStatus.NO_CONTENT,
    stale=True,
)
async def remove_channel(call: Call[Any, None]) -> None:
    """With its secrets. Refused while a rule, a route or another channel sends to it."""
    me, name = await _named(call)
    await channels.remove(me, name)


@operation(
    "POST",
    "/channels/{channel}/pause",
    summary="Pause a channel",
    access=Permission.CHANGE_CHANNELS,
    answer=Waiting,
    stale=True,
)
async def pause_channel(call: Call[Any, None]) -> Waiting:
    """Its notifications wait until it is resumed; also of a channel that a file manages."""
    me, name = await _named(call)
    return Waiting(waiting=await channels.pause(me, name))


@operation(
    "POST",
    "/channels/{channel}/resume",
    summary="Resume a channel",
    access=Permission.CHANGE_CHANNELS,
    answer=Waiting,
    stale=True,
)
async def resume_channel(call: Call[Any, None]) -> Waiting:
    """What waits goes out first."""
    me, name = await _named(call)
    return Waiting(waiting=await channels.resume(me, name))


@operation(
    "POST", "/channels/{channel}/test", summary="Send a test message", access=Permission.TEST_CHANNELS, answer=Trial
)
async def test_channel(call: Call[Any, None]) -> Trial:
    """The newest alert or a sample, with the event `test`, paused or not. A receiver that refuses it is a 200 with `problem`."""
    me, name = await _named(call)
    return Trial.of_trial(await channels.test(me, name, os.environ))


async def _named(call: Call[Any, Any]) -> tuple[Acting, str]:
    """Whoever asks, in the team of the channel; and its name."""
    row = await channels.find(call.acting, call.path["channel"])
    return replace(call.acting, team=row.team_id), row.name


async def _stored(acting: Acting, name: str, stored: channels.StoredChannel) -> Answer:
    shown = await channels.show(acting, name)
    return Answer(ChannelStored.of_stored(stored, shown), etag=shown.channel.tag)


OPERATIONS = [
    list_channels,
    list_channel_kinds,
    add_channel,
    show_channel,
    change_channel,
    remove_channel,
    pause_channel,
    resume_channel,
    test_channel,
]
