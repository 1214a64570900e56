"""Operations on deliveries."""

from typing import Annotated, Any

from pydantic import Field

from core.model.channel import channel_key, channel_name
from core.model.outcome import FailureReason, NotificationState
from wirewatch.api.delivery_models import (
    Attempt,
    Causes,
    Deliveries,
    Delivery,
    DeliveryCause,
    Redrive,
    Redriven,
    SentNotification,
)
from wirewatch.api.model import Paged
from wirewatch.api.operation import Call, operation
from wirewatch.usecases import deliveries
from wirewatch.usecases.deliveries import DeliveryFilter, Wanted
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission


class DeliveryQuery(Paged):
    state: NotificationState | None = None
    channel: Annotated[str | None, Field(max_length=200, description="its name")] = None
    reason: Annotated[FailureReason | None, Field(description="of the last failure")] = None


@operation(
    "GET",
    "/deliveries",
    summary="List deliveries",
    access=Permission.READ_DELIVERIES,
    query=DeliveryQuery,
    answer=Deliveries,
)
async def list_deliveries(call: Call[DeliveryQuery, None]) -> Deliveries:
    """The newest first."""
    asked = call.query
    wanted = DeliveryFilter(state=asked.state, channel=asked.channel, reason=asked.reason)
    page = await deliveries.list_page(call.acting, Paging(asked.limit, asked.cursor), wanted)
    return Deliveries(deliveries=SentNotification.of_all(page.items), next=page.next)


@operation(
    "GET", "/delivery-causes", summary="List causes of failure", access=Permission.READ_DELIVERIES, answer=Causes
)
async def list_delivery_causes(call: Call[Any, None]) -> Causes:
    """What is dead, by channel and by the reason of its last failure, the most first."""
    found = await deliveries.causes(call.acting)
    return Causes(
        causes=[
            DeliveryCause(
                channel=channel_name(one.channel),
                channel_key=one.channel,
                reason=one.reason,
                dead=one.number,
                oldest=one.oldest,
                newest=one.newest,
                detail=one.detail,
            )
            for one in found
        ]
    )


@operation(
    "GET",
    "/deliveries/{notification_id}",
    summary="Show a delivery",
    access=Permission.READ_DELIVERIES,
    answer=Delivery,
)
async def show_delivery(call: Call[Any, None]) -> Delivery:
    """With every attempt to send it, oldest first."""
    found = await deliveries.show(call.acting, call.path["notification_id"])
    return Delivery(notification=SentNotification.of(found.row), attempts=Attempt.of_all(found.attempts))


@operation(
    "POST",
    "/deliveries/{notification_id}/redrive",
    summary="Send one again",
    access=Permission.REDRIVE_DELIVERIES,
    answer=Redriven,
)
async def redrive_delivery(call: Call[Any, None]) -> Redriven:
    """Under its old id, so that a receiver can drop a repeat. It must be dead or put aside."""
    return Redriven(due=await deliveries.redrive(call.acting, [call.path["notification_id"]]))


@operation(
    "POST",
    "/deliveries/redrive",
    summary="Send many again",
    access=Permission.REDRIVE_DELIVERIES,
    body=Redrive,
    answer=Redriven,
)
async def redrive_deliveries(call: Call[Any, Redrive]) -> Redriven:
    """All that is dead; or those of one channel, of one cause, or in another state."""
    body = call.body
    key = None if body.channel is None else channel_key(call.acting.team, body.channel)
    wanted = Wanted(states=(NotificationState(body.state),), channel=body.channel_key or key, reason=body.reason)
    return Redriven(due=await deliveries.redrive_all(call.acting, wanted))


OPERATIONS = [list_deliveries, list_delivery_causes, show_delivery, redrive_delivery, redrive_deliveries]
