"""Operations on silences."""

from wirewatch.api.model import PagedAll
from wirewatch.api.operation import Call, operation
from wirewatch.api.silence_models import Silence, Silences
from wirewatch.usecases import silences
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission


@operation(
    "GET", "/silences", summary="List silences", access=Permission.READ_SILENCES, query=PagedAll, answer=Silences
)
async def list_silences(call: Call[PagedAll, None]) -> Silences:
    """All that are kept, those that begin last first."""
    page = await silences.list_page(call.acting, Paging(call.query.limit, call.query.cursor))
    return Silences(silences=Silence.of_all(one.silence for one in page.items), next=page.next)


OPERATIONS = [list_silences]
