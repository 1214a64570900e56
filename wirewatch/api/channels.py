"""Operations on channels."""

from wirewatch.api.channel_models import Channel, Channels
from wirewatch.api.model import PagedAll
from wirewatch.api.operation import Call, operation
from wirewatch.usecases import channels
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission


@operation(
    "GET", "/channels", summary="List channels", access=Permission.READ_CHANNELS, query=PagedAll, answer=Channels
)
async def list_channels(call: Call[PagedAll, None]) -> Channels:
    """By name, without their secrets."""
    page = await channels.list_page(call.acting, Paging(call.query.limit, call.query.cursor))
    return Channels(channels=[Channel.of_known(one) for one in page.items], next=page.next)


OPERATIONS = [list_channels]
