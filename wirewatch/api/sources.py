"""Operations on sources."""

from wirewatch.api.model import PagedAll
from wirewatch.api.operation import Call, operation
from wirewatch.api.source_models import Health, Source, SourceRow, Sources
from wirewatch.usecases import sources
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission


@operation("GET", "/sources", summary="List sources", access=Permission.READ_SOURCES, query=PagedAll, answer=Sources)
async def list_sources(call: Call[PagedAll, None]) -> Sources:
    """By id, with their state in a word and a sentence."""
    page = await sources.list_page(call.acting, Paging(call.query.limit, call.query.cursor))
    return Sources(
        sources=[Source(source=SourceRow.of(one.row), health=Health.of(one.health)) for one in page.items],
        next=page.next,
    )


OPERATIONS = [list_sources]
