"""Operations on silences."""

from http import HTTPStatus
from typing import Any

from wirewatch.api.model import Paged, PagedAll
from wirewatch.api.operation import Answer, Call, operation
from wirewatch.api.silence_models import (
    HiddenAlert,
    HiddenAlerts,
    NewSilence,
    Preview,
    Silence,
    SilenceAdded,
    Silences,
)
from wirewatch.usecases import silences
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.silences import SilenceState


class SilenceQuery(PagedAll):
    state: SilenceState | None = None


@operation(
    "GET", "/silences", summary="List silences", access=Permission.READ_SILENCES, query=SilenceQuery, answer=Silences
)
async def list_silences(call: Call[SilenceQuery, None]) -> Silences:
    """All that are kept, those that begin last first."""
    page = await silences.list_page(call.acting, Paging(call.query.limit, call.query.cursor), state=call.query.state)
    return Silences(silences=[Silence.of_known(one) for one in page.items], next=page.next)


@operation(
    "POST",
    "/silences",
    summary="Silence rules",
    access=Permission.CHANGE_SILENCES,
    body=NewSilence,
    answer=SilenceAdded,
    status=HTTPStatus.CREATED,
    creates=True,
)
async def add_silence(call: Call[Any, NewSilence]) -> SilenceAdded:
    """Matches of these rules raise no alert for a while; they are kept and counted."""
    added = await silences.add(call.acting, call.body.meant())
    known = await silences.show(call.acting, added.silence.silence_id)
    return SilenceAdded(silence=Silence.of_known(known), covered=added.covered)


@operation(
    "POST",
    "/silences/preview",
    summary="Preview a silence",
    access=Permission.READ_SILENCES,
    body=NewSilence,
    answer=Preview,
)
async def preview_silence(call: Call[Any, NewSilence]) -> Preview:
    """What it would have hidden in the last week. Nothing is changed."""
    return Preview.of_preview(await silences.preview(call.acting, call.body.meant()))


@operation("GET", "/silences/{silence_id}", summary="Show a silence", access=Permission.READ_SILENCES, answer=Silence)
async def show_silence(call: Call[Any, None]) -> Answer:
    """One that is over, too."""
    found = await silences.show(call.acting, call.path["silence_id"])
    return Answer(Silence.of_known(found), etag=silences.tag_of(found.silence))


@operation(
    "GET",
    "/silences/{silence_id}/hidden",
    summary="List what a silence hid",
    access=Permission.READ_SILENCES,
    query=Paged,
    answer=HiddenAlerts,
)
async def list_hidden(call: Call[Paged, None]) -> HiddenAlerts:
    """The newest first. A page may have less rows than asked for although there is a next one."""
    paging = Paging(call.query.limit, call.query.cursor)
    page = await silences.hid(call.acting, call.path["silence_id"], paging)
    return HiddenAlerts(alerts=[HiddenAlert.of_row(row) for row in page.items], next=page.next)


@operation(
    "DELETE",
    "/silences/{silence_id}",
    summary="End a silence",
    access=Permission.CHANGE_SILENCES,
    status=HTTPStatus.NO_CONTENT,
    stale=True,
)
async def end_silence(call: Call[Any, None]) -> None:
    """Now; it stays in the list."""
    await silences.remove(call.acting, call.path["silence_id"])


OPERATIONS = [list_silences, add_silence, preview_silence, show_silence, list_hidden, end_silence]
