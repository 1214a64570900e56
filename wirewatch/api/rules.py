"""Operations on rules."""

from wirewatch.api.model import PagedAll
from wirewatch.api.operation import Call, operation
from wirewatch.api.rule_models import Rule, Rules
from wirewatch.usecases import rules
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission


@operation("GET", "/rules", summary="List rules", access=Permission.READ_RULES, query=PagedAll, answer=Rules)
async def list_rules(call: Call[PagedAll, None]) -> Rules:
    """By id, in the version in force, disabled ones too."""
    page = await rules.list_page(call.acting, Paging(call.query.limit, call.query.cursor))
    return Rules(rules=[Rule.of_row(row) for row in page.items], next=page.next)


OPERATIONS = [list_rules]
