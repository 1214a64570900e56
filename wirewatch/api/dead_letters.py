"""Operations on dead letters of the log: records that a stage could not handle."""

from typing import Annotated, Any

from pydantic import Field

from core.model.outcome import DeadLetterReason, Stage
from wirewatch.api.dead_letter_models import (
    DeadLetter,
    DeadLetterDetails,
    DeadLetters,
    Decided,
    WhichDeadLetters,
)
from wirewatch.api.model import Paged
from wirewatch.api.operation import Call, operation
from wirewatch.usecases import dead_letters
from wirewatch.usecases.dead_letters import DeadLetterState, Wanted
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission


class DeadLetterQuery(Paged):
    stage: Annotated[Stage | None, Field(description="that could not handle it")] = None
    reason: DeadLetterReason | None = None
    state: DeadLetterState | None = None


@operation(
    "GET",
    "/dead-letters",
    summary="List dead letters",
    access=Permission.READ_DEAD_LETTERS,
    query=DeadLetterQuery,
    answer=DeadLetters,
)
async def list_dead_letters(call: Call[DeadLetterQuery, None]) -> DeadLetters:
    """The newest first."""
    asked = call.query
    wanted = Wanted(states=None if asked.state is None else [asked.state], stage=asked.stage, reason=asked.reason)
    page = await dead_letters.list_page(call.acting, Paging(asked.limit, asked.cursor), wanted)
    return DeadLetters(dead_letters=[DeadLetter.of_row(row) for row in page.items], next=page.next)


@operation(
    "GET",
    "/dead-letters/{letter_id}",
    summary="Show a dead letter",
    access=Permission.READ_DEAD_LETTERS,
    answer=DeadLetterDetails,
)
async def show_dead_letter(call: Call[Any, None]) -> DeadLetterDetails:
    """With the error and the beginning of the record."""
    return DeadLetterDetails.of_details(await dead_letters.show(call.acting, call.path["letter_id"]))


@operation(
    "POST",
    "/dead-letters/{letter_id}/redrive",
    summary="Have one read again",
    access=Permission.CHANGE_DEAD_LETTERS,
    answer=Decided,
)
async def redrive_dead_letter(call: Call[Any, None]) -> Decided:
    """A running process puts it back on its topic, where its stage reads it again."""
    return Decided(letters=await dead_letters.redrive(call.acting, [call.path["letter_id"]]))


@operation(
    "POST",
    "/dead-letters/{letter_id}/drop",
    summary="Give one up",
    access=Permission.CHANGE_DEAD_LETTERS,
    answer=Decided,
)
async def drop_dead_letter(call: Call[Any, None]) -> Decided:
    """It can be read again until the retention deletes it."""
    return Decided(letters=await dead_letters.drop(call.acting, [call.path["letter_id"]]))


@operation(
    "POST",
    "/dead-letters/redrive",
    summary="Have many read again",
    access=Permission.CHANGE_DEAD_LETTERS,
    body=WhichDeadLetters,
    answer=Decided,
)
async def redrive_dead_letters(call: Call[Any, WhichDeadLetters]) -> Decided:
    """All that wait; or those of one stage, of one reason. What cannot go back stays."""
    return Decided(letters=await dead_letters.redrive_all(call.acting, _wanted(call.body)))


@operation(
    "POST",
    "/dead-letters/drop",
    summary="Give many up",
    access=Permission.CHANGE_DEAD_LETTERS,
    body=WhichDeadLetters,
    answer=Decided,
)
async def drop_dead_letters(call: Call[Any, WhichDeadLetters]) -> Decided:
    """All that wait; or those of one stage, of one reason."""
    return Decided(letters=await dead_letters.drop_all(call.acting, _wanted(call.body)))


def _wanted(body: WhichDeadLetters) -> Wanted:
    return Wanted(stage=body.stage, reason=body.reason)


OPERATIONS = [
    list_dead_letters,
    show_dead_letter,
    redrive_dead_letter,
    drop_dead_letter,
    redrive_dead_letters,
    drop_dead_letters,
]
