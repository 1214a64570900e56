"""Operations on the state of the whole."""

from typing import Any

from wirewatch.api.operation import Call, operation
from wirewatch.api.status_models import Status, Trouble
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.status import standing_troubles


@operation("GET", "/status", summary="Whether all is well", access=Permission.READ_STATUS, answer=Status)
async def show_status(call: Call[Any, None]) -> Status:
    """And what is not, as the pages say it."""
    readiness = await call.serving.health.readiness()
    wrong = await standing_troubles(call.acting, call.serving.health, call.serving.collector.snapshot)
    return Status(well=not wrong, ready=readiness.ready, troubles=Trouble.of_all(wrong))


OPERATIONS = [show_status]
