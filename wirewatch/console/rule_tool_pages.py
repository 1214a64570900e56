"""Why a rule is true or false of an article, queries of other systems, and rules that are probably not what was meant."""

from urllib.parse import urlencode

from aiohttp import web

from alerts.management.clause_tree import label, quoted
from alerts.management.translate.registry import DIALECTS
from wirewatch.console.forms import form
from wirewatch.console.render import html
from wirewatch.console.rule_editor import excerpts
from wirewatch.routing import action, page
from wirewatch.serving import ACTING
from wirewatch.usecases import articles, rule_health, rule_text
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, NotFound
from wirewatch.usecases.rule_text import Pasted

READ = Permission.READ_RULES
_HEALTH_ROWS = 25
_HEALTH_DAYS = 30
_ASKED = ("rule", "article", "title", "text")
_MOST_ASKED = 300_000  # characters of each
_MOST = 100_000  # characters of a rule, or of another system's query


async def explain_page(request: web.Request) -> web.Response:
    """The form; with `rule` and `article` in the address also the tree."""
    asked = dict.fromkeys(_ASKED, "") | {name: request.query.get(name, "").strip() for name in ("rule", "article")}
    if not asked["rule"] or not asked["article"]:
        return await _explain(request, asked)
    return await _explained(request, asked)


async def explain_pasted(request: web.Request) -> web.Response:
    """The tree for an article that was pasted, or for a stored one by its address."""
    sent = await form(request)
    return await _explained(request, {name: sent.text(name)[:_MOST_ASKED] for name in _ASKED})


async def _explained(request: web.Request, asked: dict[str, str]) -> web.Response:
    me = request[ACTING]
    try:
        if asked["article"] and not asked["text"] and not asked["title"]:
            found = await articles.explain_rule(me, asked["rule"], asked["article"])
            article, pipeline = found.story.article, found.part_of_the_pipeline()
            return await _explain(
                request, asked, verdict=found.verdict, article=article, missed=found.missed, pipeline=pipeline
            )
        pasted = Pasted(title=asked["title"], text=asked["text"], url=asked["article"])
        told = await rule_text.explain_text(me, asked["rule"], pasted)
    except (Invalid, NotFound) as error:
        return await _explain(request, asked, problem=f"{error}.", status=422)
    return await _explain(request, asked, verdict=told.verdict, article=told.article, missed=told.missed)


async def _explain(
    request: web.Request, asked: dict[str, str], *, problem: str = "", status: int = 200, **found: object
) -> web.Response:
    shown = {"verdict": None, "article": None, "missed": {}, "pipeline": "", **found}
    return await html(
        request,
        "rule_explain.html",
        status=status,
        asked=asked,
        problem=problem,
        label=label,
        quoted=quoted,
        **shown,
    )


async def translate_page(request: web.Request) -> web.Response:
    """The form."""
    return await _translate(request, {"dialect": request.query.get("dialect", ""), "query": ""})


async def translated(request: web.Request) -> web.Response:
    """The query as a rule, with its notes."""
    sent = await form(request)
    asked = {"dialect": sent.text("dialect"), "query": sent.text("query")[:_MOST]}
    if not asked["query"]:
        return await _translate(request, asked, problem="There is no query to translate.", status=422)
    try:
        found = await rule_text.translate(request[ACTING], asked["query"], asked["dialect"])
    except Invalid as error:
        return await _translate(request, asked, problem=f"{error}.", status=422)
    return await _translate(request, asked, found=found, problems=excerpts(found.problems, asked["query"]))


async def _translate(
    request: web.Request, asked: dict[str, str], *, problem: str = "", status: int = 200, **found: object
) -> web.Response:
    shown = {"found": None, "problems": (), **found}
    return await html(
        request,
        "rule_translate.html",
        status=status,
        asked=asked,
        problem=problem,
        dialects=sorted(DIALECTS),
        **shown,
    )


async def health_page(request: web.Request) -> web.Response:
    """Rules that are probably not what their author wanted, a page of the list at a time."""
    cursor = request.query.get("cursor") or None
    found = await rule_health.health_page(request[ACTING], _HEALTH_DAYS, Paging(_HEALTH_ROWS, cursor))
    following = f"/rules/health?{urlencode({'cursor': found.next})}" if found.next else ""
    return await html(request, "rule_health.html", found=found, days=_HEALTH_DAYS, next=following, first=cursor is None)


ROUTES = [
    page("/rules/explain", Permission.READ_ARTICLES, explain_page),
    action("/rules/explain", Permission.READ_ARTICLES, explain_pasted),
    page("/rules/translate", READ, translate_page),
    action("/rules/translate", READ, translated),
    page("/rules/health", READ, health_page),
]
