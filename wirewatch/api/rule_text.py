"""Operations on the text of a rule, stored or not: check, preview, explain, translate, boxes; and the health of rules."""

from collections.abc import Callable

from aiohttp import web

from wirewatch.api.model import Query
from wirewatch.api.operation import Call, operation
from wirewatch.api.rule_box_models import FillBody
from wirewatch.api.rule_models import RuleProblem
from wirewatch.api.rule_text_models import (
    CheckedModel,
    ClauseModel,
    ExplainAnswer,
    ExplainBody,
    FilledModel,
    FormattedModel,
    HealthAnswer,
    HealthQuery,
    LineProblem,
    NoteModel,
    PreviewAnswer,
    PreviewBody,
    TextBody,
    TranslateAnswer,
    TranslateBody,
    TroubleModel,
)
from wirewatch.usecases import articles, preview, rule_health, rule_text
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.preview import AskedLive
from wirewatch.usecases.rule_text import Pasted

READ = Permission.READ_RULES


@operation("POST", "/rules/check", summary="Check a rule's text", access=READ, body=TextBody, answer=CheckedModel)
async def check_rule(call: Call[Query, TextBody]) -> CheckedModel:
    """All problems and warnings with their places and fixes, the canonical form, and the rule as boxes."""
    return CheckedModel.of_checked(await rule_text.check(call.acting, call.body.query))


@operation(
    "POST", "/rules/boxes", summary="Make a rule's text of boxes", access=READ, body=FillBody, answer=FilledModel
)
async def fill_rule_boxes(call: Call[Query, FillBody]) -> FilledModel:
    """The other way round than `check`, which answers with the boxes of a text."""
    found = await rule_text.fill(call.acting, call.body.boxes(), call.body.query)
    return FilledModel(
        query=found.checked.query,
        checked=CheckedModel.of_checked(found.checked),
        lines=LineProblem.of_all(found.problems),
    )


@operation("POST", "/rules/format", summary="Lay a rule's text out", access=READ, body=TextBody, answer=FormattedModel)
async def format_rule(call: Call[Query, TextBody]) -> FormattedModel:
    """A long rule with a clause in each line, indented, comments at their clauses. Its meaning stays."""
    found = await rule_text.lay_out(call.acting, call.body.query)
    return FormattedModel(
        query=found.text,
        changed=found.text != call.body.query,
        problems=list(map(RuleProblem.of_problem, found.problems)),
    )


@operation(
    "POST",
    "/rules/preview",
    summary="Preview a rule",
    access=Permission.READ_ARTICLES,
    body=PreviewBody,
    answer=PreviewAnswer,
)
async def preview_rule(call: Call[Query, PreviewBody]) -> PreviewAnswer:
    """What the text would have found in the stored articles of the last days. Nothing is stored or sent."""
    body = call.body
    asked = AskedLive(
        query=body.query, days=body.days, seconds=body.seconds, against=body.against, gone=_gone(call.request)
    )
    return PreviewAnswer.of_live(await preview.live(call.acting, asked), body.limit)


@operation(
    "POST",
    "/rules/explain",
    summary="Explain a rule on an article",
    access=Permission.READ_ARTICLES,
    body=ExplainBody,
    answer=ExplainAnswer,
)
async def explain_rule(call: Call[Query, ExplainBody]) -> ExplainAnswer:
    """The clause tree, true and false, with evidence: why a rule matches an article, or why not."""
    body = call.body
    if body.pasted is not None and body.article is None:
        pasted = Pasted(**body.pasted.model_dump())
        told = await rule_text.explain_text(call.acting, body.rule, pasted)
        tree = ClauseModel.of_explained(told.verdict)
        return ExplainAnswer(
            query=told.query, true=told.verdict.true, tree=tree, just_missed=told.missed, pipeline=None
        )
    found = await articles.explain_rule(call.acting, body.rule, body.article or "")
    return ExplainAnswer(
        query=found.query,
        true=found.verdict.true,
        tree=ClauseModel.of_explained(found.verdict),
        just_missed=found.missed,
        pipeline=found.part_of_the_pipeline(),
    )


@operation(
    "POST",
    "/rules/translate",
    summary="Translate a query of another system",
    access=READ,
    body=TranslateBody,
    answer=TranslateAnswer,
)
async def translate_query(call: Call[Query, TranslateBody]) -> TranslateAnswer:
    """As a rule, with a note on each construct that changed or was dropped."""
    found = await rule_text.translate(call.acting, call.body.query, call.body.dialect)
    notes = list(map(NoteModel.of_note, found.notes))
    return TranslateAnswer(query=found.query, notes=notes, problems=list(map(RuleProblem.of_problem, found.problems)))


@operation("GET", "/rules/health", summary="Health of rules", access=READ, query=HealthQuery, answer=HealthAnswer)
async def rules_health(call: Call[HealthQuery, None]) -> HealthAnswer:
    """Rules that never match, flood, repeat another rule, are slow, or have a clause that does nothing."""
    asked = call.query
    found = await rule_health.health_page(call.acting, asked.days, Paging(asked.limit, asked.cursor))
    troubles = [TroubleModel(rule=one.rule, trouble=one.trouble.value, sentence=one.sentence) for one in found.troubles]
    return HealthAnswer(rules=found.rules, troubles=troubles, next=found.next)


def _gone(request: web.Request) -> Callable[[], bool]:
    """Whether whoever asked has hung up."""
    return lambda: request.transport is None or request.transport.is_closing()


OPERATIONS = [
    check_rule,
    fill_rule_boxes,
    format_rule,
    preview_rule,
    explain_rule,
    translate_query,
    rules_health,
]
