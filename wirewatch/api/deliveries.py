"""Operations on deliveries."""

from core.model.outcome import NotificationState
from wirewatch.api.delivery_models import Deliveries, SentNotification
from wirewatch.api.model import Paged
from wirewatch.api.operation import Call, operation
from wirewatch.usecases import deliveries
from wirewatch.usecases.deliveries import DeliveryFilter
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission


class DeliveryQuery(Paged):
    state: NotificationState | None = None
    channel: str | None = None


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
    wanted = DeliveryFilter(state=call.query.state, channel=call.query.channel)
    page = await deliveries.list_page(call.acting, Paging(call.query.limit, call.query.cursor), wanted)
    return Deliveries(deliveries=SentNotification.of_all(page.items), next=page.next)


OPERATIONS = [list_deliveries]
