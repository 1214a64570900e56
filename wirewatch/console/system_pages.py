"""The page of the system: what is not well, the funnel, stages, what is slow, disk, versions, configuration."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from wirewatch.console import view
from wirewatch.console.forms import curl
from wirewatch.console.render import html, redirect
from wirewatch.health.spans import span
from wirewatch.routing import action, page
from wirewatch.serving import ACTING, SERVING
from wirewatch.usecases import dead_letters, first_steps, reload, system
from wirewatch.usecases.dead_letters import DeadLetterState, Wanted
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid
from wirewatch.usecases.system import SAMPLE, Funnel, Step

# Where the parts of a trouble are shown.
_WHERE = {"stages": "#stages", "deliveries": "/deliveries", "sources": "/sources"}
_STEPS: Mapping[Step, tuple[str, str]] = {
    Step.SEEN: ("/sources", "entries that were new in the feeds that were polled"),
    Step.READ: ("/search", "of those, articles that could be read"),
    Step.NEW: ("/stories", "of those, the first of their story"),
    Step.MATCHED: ("/rules", "articles that at least one rule was true of"),
    Step.TOLD: ("/deliveries?state=delivered", "messages that went out"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """A step with its number in all and by the hour; `label`: the chart in words."""

    step: str
    what: str
    href: str
    total: int
    hours: tuple[int, ...]
    label: str


async def system_page(request: web.Request) -> web.Response:
    """Everything at a glance."""
    return await _shown(request, None)


async def _shown(request: web.Request, problem: Invalid | None) -> web.Response:
    serving, me = request[SERVING], request[ACTING]
    found = await system.show(me)
    snapshot = serving.collector.snapshot
    stages = view.stage_views(serving.collector, dict(serving.health.roles()))
    feeds = {} if snapshot is None else snapshot.feeds
    words = ", ".join(f"{count} {state}" for state, count in feeds.items() if count) or "none"
    return await html(
        request,
        "system.html",
        status=200 if problem is None else 422,
        system=found,
        alone=all(stage.here for stage in stages),
        stages=stages,
        funnel=funnel_rows(found.funnel),
        feeds_words=words,
        set_aside=await dead_letters.count(me, Wanted(states=[DeadLetterState.WAITING])),
        steps=await first_steps.show(me),
        where=_WHERE,
        span=span,
        size=size,
        sample=SAMPLE,
        reload_problem=None if problem is None else str(problem).partition("\n")[2] or str(problem),
        curl=curl(request, "POST", "/api/v1/system/reload"),
    )


def funnel_rows(funnel: Funnel) -> list[FunnelRow]:
    """The steps of the funnel, each a link to what it counts."""
    rows = []
    for step, (href, what) in _STEPS.items():
        hours = tuple(hour.counts.get(step, 0) for hour in funnel.hours)
        total = funnel.total(step)
        label = f"{step.value}: {total:,} in 24 hours, at most {max(hours, default=0):,} in an hour"
        rows.append(FunnelRow(step=step.value, what=what, href=href, total=total, hours=hours, label=label))
    return rows


def size(number: int) -> str:
    """Bytes as people read them."""
    for unit, bytes_of in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= bytes_of:
            return f"{number / bytes_of:.1f} {unit}"
    return f"{number / 1e3:.0f} kB"


async def reload_all(request: web.Request) -> web.Response:
    """Check the files and have every process take them over; a mistake changes nothing."""
    try:
        answers = await reload.reload(request[ACTING])
    except Invalid as error:
        return await _shown(request, error)
    return redirect("/system", "reloaded" if all(one.taken for one in answers) else "reload_not_all")


ROUTES = [
    page("/system", Permission.READ_STATUS, system_page),
    action("/system/reload", Permission.RELOAD, reload_all),
]
