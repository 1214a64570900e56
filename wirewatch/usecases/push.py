"""Articles that the customer's own crawler has read, taken into the pipeline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.log.log import EventLog, Record
from core.log.topics import PUSHED
from core.model.codec import encode
from core.model.pushed import PushedArticle
from core.net.url import clean_url, host_of
from core.store import pushes
from ingest.read.pushed_article import Wrong, problems_of
from ingest.read.pushed_known import duplicates, sources_of
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.permission import Permission

MOST = 500  # articles a request


class PushOutcome(StrEnum):
    """What became of one pushed article."""

    ACCEPTED = "accepted"  # the log has it
    DUPLICATE = "duplicate"  # it brings nothing new
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """`article_id` None: it is none. `problems`: of one that is invalid; `detail`: why it is a duplicate."""

    outcome: PushOutcome
    article_id: str | None = None
    detail: str = ""
    problems: tuple[Wrong, ...] = ()


Given = PushedArticle | tuple[Wrong, ...]  # what was read of an article, or what is wrong with it


# `reads`: what it changes is told by the trace of each article, with who pushed it; the audit log is about people's decisions.
@reads(Permission.PUSH_ARTICLES)
async def push(acting: Acting, log: EventLog, given: Sequence[Given]) -> list[Pushed]:
    """The result of each, in order. Raises Unavailable where the log does not take them: then none is accepted, and all can be sent
    again."""
    now = acting.clock.now()
    results: list[Pushed | None] = [None] * len(given)
    good: dict[int, PushedArticle] = {}
    for place, one in enumerate(given):
        wrong = tuple(problems_of(one, now)) if isinstance(one, PushedArticle) else one
        if wrong or not isinstance(one, PushedArticle):
            results[place] = Pushed(outcome=PushOutcome.INVALID, problems=wrong)
        else:
            good[place] = replace(one, team=acting.team, by=acting.actor, seen=now)
    fresh: dict[int, tuple[str, str]] = {}  # article id and revision
    async with acting.db.connection() as conn:
        known = await sources_of(conn, list(good.values()))
        made = {place: known.article(one, now) for place, one in good.items()}
        old = await duplicates(conn, list(made.values()))
        pushed = await pushes.revisions(conn, [one.article_id for one in made.values()])
    for place, article in made.items():
        key = article.article_id
        why = old.get(key) or ("it was pushed before" if pushed.get(key) == article.revision else "")
        if why:
            results[place] = Pushed(outcome=PushOutcome.DUPLICATE, article_id=key, detail=why)
        else:
            pushed[key] = article.revision
            fresh[place] = (key, article.revision)
            results[place] = Pushed(outcome=PushOutcome.ACCEPTED, article_id=key)
    if fresh:
        records = [Record(host_of(clean_url(good[place].url)), encode(good[place])) for place in fresh]
        await log.append(PUSHED.name, records)
        async with acting.db.transaction() as conn:
            await pushes.remember(conn, dict(fresh.values()), now)
    return [one for one in results if one is not None]
