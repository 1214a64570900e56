"""Operations on articles."""

from wirewatch.api.model import Query
from wirewatch.api.operation import Call, operation
from wirewatch.api.trace_models import Trace, Traced
from wirewatch.usecases import articles
from wirewatch.usecases.permission import Permission


class TraceQuery(Query):
    article: str = ""  # its address or id


@operation(
    "GET", "/trace", summary="Trace an article", access=Permission.READ_ARTICLES, query=TraceQuery, answer=Traced
)
async def trace_article(call: Call[TraceQuery, None]) -> Traced:
    """Its path through the stages, and a conclusion in a sentence."""
    return Traced(trace=Trace.of(await articles.trace(call.acting, call.query.article)))


OPERATIONS = [trace_article]
