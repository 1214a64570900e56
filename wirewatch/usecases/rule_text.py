"""The text of a rule, stored or not: what is wrong with it, how it looks as boxes, why it is true or false of an article.

Nothing here changes anything.
"""

import asyncio
from dataclasses import dataclass, replace

from alerts.management.near_words import missed_words
from alerts.management.search import query_of
from alerts.management.translate.registry import DIALECTS
from alerts.management.translate.registry import translate as translated
from alerts.management.translate.translation import Translation
from alerts.management.whole_place import with_estimates
from alerts.rules.aliases import AliasSet
from alerts.rules.boxes import Boxes, BoxProblem, boxes_of, text_of
from alerts.rules.estimate import CostEstimate, estimated
from alerts.rules.expand import expand
from alerts.rules.explain import Explained, explain
from alerts.rules.form_lists import FormList, form_lists
from alerts.rules.layout import Formatted, formatted
from alerts.rules.parser import Parsed, parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import Code, Problem
from alerts.rules.size import NOTHING, RuleSize, size_of
from alerts.rules.spellings import AlsoFound, also_found
from core.model.article import Article
from core.model.ids import article_id, derived_id
from core.net.url import BadUrl, clean_url, domain_of
from core.text.document import Document
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.alias_sets import known_aliases
from wirewatch.usecases.named_rules import named
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, nearest

MOST_CHARACTERS = 200_000  # of an article's text that is pasted


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`canonical` and `boxes` None: it cannot be read, for these problems. Warnings reject nothing. `forms`: what each `forms(...)`
    looks for; `size`: how much there is once aliases stand for their terms; `cost`: what it will cost an article. `also_finds`: other
    spellings that its terms find."""

    query: str
    canonical: str | None
    boxes: Boxes | None
    forms: tuple[FormList, ...] = ()
    cost: CostEstimate | None = None
    also_finds: tuple[AlsoFound, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    size: RuleSize = NOTHING


@dataclass(frozen=True, slots=True)
class Filled:
    """The text of filled boxes, and what is wrong with single lines, which are left out of it."""

    checked: Checked
    problems: tuple[BoxProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """An article as somebody pastes it. Paragraphs of `text` are parted by a blank line."""

    title: str = ""
    text: str = ""
    source: str = ""
    url: str = ""
    lang: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class ExplainedText:
    """Why the rule is true or false. `missed`: words of the rule -> words of the article that look like them, how often."""

    query: str
    article: Article
    verdict: Explained
    missed: dict[str, dict[str, int]]


@reads(Permission.READ_RULES)
async def check(acting: Acting, query: str) -> Checked:
    """All that is wrong with a text, with the team's aliases as they are now."""
    async with acting.db.connection() as conn:
        known = await known_aliases(conn, acting)
    checked, parsed = await asyncio.to_thread(_checked, query, known)  # the first forms(...) of a language take seconds
    if not any(one.code is Code.WHOLE_PLACE for one in checked.warnings):
        return checked
    asked = await asyncio.to_thread(query_of, parsed, known)
    told = await with_estimates(acting.db, acting.clock, asked, acting.team, checked.warnings)
    return replace(checked, warnings=told)


def _checked(query: str, known: AliasSet) -> tuple[Checked, Parsed]:
    parsed = parse(query, aliases=known)
    tree = parsed.tree
    if tree is None:
        return Checked(query=query, canonical=None, boxes=None, problems=parsed.problems), parsed
    checked = Checked(
        query=query,
        canonical=print_rule(tree),
        boxes=boxes_of(tree, query),
        forms=tuple(form_lists(tree)),
        cost=estimated(expand(tree, known)),
        also_finds=tuple(also_found(tree)),
        warnings=parsed.warnings,
        size=size_of(tree, known),
    )
    return checked, parsed


@reads(Permission.READ_RULES)
async def fill(acting: Acting, boxes: Boxes, was: str = "") -> Filled:
    """The text of boxes, checked. `was`: the text that they show, whose line breaks stay."""
    text, problems = text_of(boxes, was)
    return Filled(await check(acting, text), problems)


@reads(Permission.READ_RULES)
async def lay_out(acting: Acting, query: str) -> Formatted:  # noqa: ARG001 - every use case has one
    """The rule laid out: a clause in each line of a long one, comments at their clauses; or what is wrong with it."""
    return await asyncio.to_thread(formatted, query)


@reads(Permission.READ_RULES)
async def translate(acting: Acting, query: str, dialect: str) -> Translation:  # noqa: ARG001 - every use case has one
    """A query of another system as a rule, with a note on each change. Raises Invalid for an unknown system."""
    if dialect not in DIALECTS:
        near = nearest(dialect, DIALECTS)
        hint = f"did you mean {near!r}?" if near else f"expected one of {', '.join(sorted(DIALECTS))}"
        raise Invalid(f"{dialect!r} is no system whose queries can be translated; {hint}", "dialect")
    return translated(query, dialect)


@reads(Permission.READ_RULES)
async def explain_text(acting: Acting, rule: str, pasted: Pasted) -> ExplainedText:
    """Why a rule (a stored one's name, or a text) is true or false of an article that need not be stored. Raises NotFound, Invalid."""
    if not pasted.title.strip() and not pasted.text.strip():
        raise Invalid("there is no article: neither a title nor a text", "text")
    if len(pasted.text) > MOST_CHARACTERS:
        raise Invalid(
            f"the text has {len(pasted.text):,} characters; at most {MOST_CHARACTERS:,} are explained", "text"
        )
    async with acting.db.connection() as conn:
        asked = await named(conn, acting, rule)
    article = _article(pasted, acting)
    document = Document(article)
    verdict = explain(asked.tree, document)
    return ExplainedText(asked.query, article, verdict, missed_words(verdict, document))


def _article(pasted: Pasted, acting: Acting) -> Article:
    now = acting.clock.now()
    try:
        url = clean_url(pasted.url) if pasted.url else ""
    except BadUrl as error:
        raise Invalid(f"{pasted.url[:200]!r} is no address: {error}", "url") from None
    text = pasted.text.replace("\r\n", "\n")
    return Article(
        article_id=article_id(url or "pasted"),
        url=url,
        canonical_url=url,
        title=pasted.title,
        text=text,
        lang=pasted.lang,
        country=pasted.country,
        source_id=derived_id("source", pasted.source),
        source_name=pasted.source,
        domain=domain_of(url) if url else "",
        seen=now,
        accepted=now,
    )
