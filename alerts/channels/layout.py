"""A message laid out for people, as neutral rich text: what stands where, in which words. Each kind renders it in its markup.

message -> lay out -> too large for the kind? articles go from the end, then the quote, the outlets' names, the ends of texts
        -> render

Headline and link of the first article always stay. What others wrote pings nobody: `@everyone` in a headline is text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from alerts.channels.clamp import clamp_text, left_out, most_that_fit
from alerts.channels.message import Links, Message, MessageArticle, MessageStory
from alerts.channels.rich_text import Line, Span, defused, quoted
from alerts.channels.template import Template
from alerts.channels.template_markup import BrokenTemplate, in_markup
from core.model.alert_state import AlertState
from core.model.outcome import AlertStatus, Event, Priority, Reason
from core.text.visible import one_line

T = TypeVar("T")

_NAMED_OUTLETS = 8

_WHY = {
    Reason.FIRST: "",
    Reason.UPDATE: "The story was updated",
    Reason.DIGEST: "Digest",
    Reason.QUIET_HOURS_OVER: "Held during quiet hours",
    Reason.REDRIVE: "Sent again",
    Reason.CORRECTION: "The article was corrected",
    Reason.SPREADING: "The story is spreading",
    Reason.ESCALATION: "Nobody has acknowledged it",
    Reason.SNOOZE_OVER: "Snoozed until now",
    Reason.SUMMARY: "More than this channel takes",
    Reason.FALLBACK: "Meant for another channel",
}
_STATUS = {
    AlertStatus.ACKNOWLEDGED: "Acknowledged",
    AlertStatus.SNOOZED: "Snoozed",
    AlertStatus.RESOLVED: "Resolved",
    AlertStatus.NOT_RELEVANT: "Marked not relevant",
}


@dataclass(frozen=True, slots=True)
class Button:
    """A link for the reader to act by."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleBlock:
    """`headline` is never empty. `facts`: outlet, time, and so on. `quote`: the sentence that hit; may be empty."""

    headline: str
    url: str
    facts: tuple[str, ...]
    quote: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`mention`: who is to be pinged, in the kind's own words, as configured. `why`: why it is sent, most telling first.

    `notes`: what else must be said. `more`: how many articles are missing. `title`: all in one line, for a preview or subject.
    `body`: the lines of a template, which stand in the place of rule, why, articles and more; empty where there is none.
    Nothing in it is escaped for any markup.
    """

    title: str
    rule: Span
    priority: Priority
    mention: str
    why: tuple[str, ...]
    articles: tuple[ArticleBlock, ...]
    more: int
    state: str
    notes: tuple[str, ...]
    buttons: tuple[Button, ...]
    body: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How the people behind a channel want its messages: zone of times (IANA), mentions by priority.

    `defuse`: what others wrote must not ping; off where no text can, as in e-mail. `broken`: what is wrong with the template
    that was asked for.
    """

    time_zone: str = "UTC"
    mentions: dict[Priority, str] = field(default_factory=dict)
    defuse: bool = True
    template: Template | None = None
    broken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Longest:
    """The most characters of each text of a message, as a kind shows it."""

    title: int = 300
    source: int = 80
    snippet: int = 400
    rule: int = 150
    because: int = 500


@dataclass(frozen=True, slots=True)
class Laid(Generic[T]):
    """A rendered message, and what was cut, for people."""

    rendered: T
    cut: tuple[str, ...]


def fit(
    message: Message, view: View, longest: Longest, render: Callable[[Layout], T], fits: Callable[[T], bool]
) -> Laid[T]:
    """The fullest rendering that fits. If even a headline with its link does not, that is the rendering.

    A template that writes more than fits, however little is told, gives way to the default form.
    """
    message, view = _one_line_a_story(message), _of_rule(view, message)
    message = replace(message, template="")  # the view has it now
    laid = _fitted(message, view, longest, render, fits)
    if view.template is None or fits(laid.rendered):
        return laid
    return _fitted(message, replace(view, template=None, broken="it writes more than fits"), longest, render, fits)


def _fitted(
    message: Message, view: View, longest: Longest, render: Callable[[Layout], T], fits: Callable[[T], bool]
) -> Laid[T]:
    total = len(message.articles)
    cut = _shortened(message, longest)

    def shown(count: int) -> T:
        return render(lay_out(message, view, longest, shown=count))

    count = most_that_fit(total, lambda number: fits(shown(number)))
    if count > 0 or total == 0:
        rendered = shown(count)
        if fits(rendered) or total == 0:
            return Laid(rendered, (*left_out(total - count, total), *cut))
    return _thinned(message, view, longest, render, fits)


def _thinned(
    message: Message, view: View, longest: Longest, render: Callable[[Layout], T], fits: Callable[[T], bool]
) -> Laid[T]:
    """With its first article alone, and of that as much as fits."""
    total = len(message.articles)
    always = (*left_out(total - 1, total), *_shortened(message, longest))
    laid = []
    for thinner, lost in _thinner(longest):
        layout = lay_out(message, view, thinner, shown=1)
        laid.append(Laid(render(layout if thinner.snippet else _bare(layout)), tuple(dict.fromkeys((*always, *lost)))))
        if fits(laid[-1].rendered):
            break
    return laid[-1]


def lay_out(message: Message, view: View, longest: Longest, *, shown: int | None = None) -> Layout:
    """The message as people see it, with its first `shown` articles; all where that is not said."""
    message, view = _one_line_a_story(message), _of_rule(view, message)
    articles = message.articles if shown is None else message.articles[:shown]
    stories = {story.story_id: story for story in message.stories}
    lead_of: set[str] = set()
    quotes: set[Line] = set()
    blocks = []
    for article in articles:
        story = None if article.story_id in lead_of else stories.get(article.story_id)
        lead_of.add(article.story_id)
        block = _block(article, story, view, longest)
        blocks.append(replace(block, quote=()) if block.quote in quotes else block)  # a copy says the same
        quotes.add(block.quote)
    name = clamp_text(one_line(message.rule.name), longest.rule)
    url = message.rule.url
    title = clamp_text(one_line(f"{message.rule.name}: {message.subject}"), longest.title)
    layout = Layout(
        title=title,
        rule=Span(name, bold=True, url=url if url.startswith("http") else ""),
        priority=message.rule.priority,
        mention="" if message.event is Event.TEST else view.mentions.get(message.rule.priority, ""),
        why=tuple(clamp_text(one_line(part), longest.because) for part in _why(message)),
        articles=tuple(blocks),
        more=len(message.articles) - len(articles),
        state=clamp_text(one_line(state_text(message.state, view.time_zone)), longest.because),
        notes=tuple(clamp_text(note, longest.because) for note in _notes(message, view)),
        buttons=() if message.links is None else _buttons(message.links),
    )
    if view.defuse:
        layout = _defused(layout)
    return layout if view.template is None else _templated(layout, message, view.template, longest, view)


def _templated(layout: Layout, message: Message, template: Template, longest: Longest, view: View) -> Layout:
    try:
        body = template.lines(_facts(layout, message, longest))
    except BrokenTemplate as error:
        return replace(layout, notes=(*layout.notes, _broken(str(error))))
    if view.defuse:  # here, since what is not seen in a text does not get through a template
        body = tuple(tuple(replace(span, text=defused(span.text)) for span in line) for line in body)
    return replace(layout, body=body)


def _broken(problem: str) -> str:
    return one_line(f"this is the default form, since the template is broken: {problem}")


def _facts(layout: Layout, message: Message, longest: Longest) -> dict[str, object]:
    """What a template knows; docs/channels.md describes it."""
    told = zip(layout.articles, message.articles, strict=False)
    links = message.links
    return {
        "title": layout.title,
        "rule": {"name": layout.rule.text, "url": layout.rule.url},
        "priority": str(layout.priority),
        "why": layout.why,
        "because": layout.why[-1] if message.because else "",
        "state": layout.state,
        "more": layout.more,
        "stories": [
            {"size": story.size, "outlets": [clamp_text(one_line(name), longest.source) for name in story.outlets]}
            for story in message.stories
        ],
        "links": {} if links is None else {name: getattr(links, name) for name in links.__slots__},
        "articles": [
            {
                "headline": block.headline,
                "url": block.url,
                "outlet": block.facts[0] if block.facts else "",
                "facts": block.facts,
                "quote": in_markup(block.quote),
                "lang": article.lang or "",
                "correction": article.correction,
            }
            for block, article in told
        ],
    }


def time_text(moment: datetime, zone: str) -> str:
    """A time as people of that zone read it, with its offset: 2026-11-28 08:15 +01:00."""
    local = moment.astimezone(ZoneInfo(zone))
    offset = local.strftime("%z")
    shown = "UTC" if offset == "+0000" else f"{offset[:3]}:{offset[3:5]}"
    return f"{local:%Y-%m-%d %H:%M} {shown}"


def state_text(state: AlertState, zone: str) -> str:
    """Who said what of an alert, and when; empty of an open one."""
    said = _STATUS.get(state.status)
    if said is None:
        return ""
    by = f" by {state.by}" if state.by else ""
    at = "" if state.at is None else f" at {time_text(state.at, zone)}"
    until = f" until {time_text(state.until, zone)}" if state.until is not None else ""
    comment = f": {state.comment}" if state.comment else ""
    return f"{said}{until}{by}{at}{comment}"


def outlets_text(outlets: Sequence[str], first: str) -> str:
    """The outlets beside the first, by name as far as that is readable; empty where there are none."""
    others = [name for name in outlets if name != first]
    if not others:
        return ""
    named = ", ".join(one_line(name) for name in others[:_NAMED_OUTLETS])
    rest = f" and {len(others) - _NAMED_OUTLETS} more" if len(others) > _NAMED_OUTLETS else ""
    return f"+{len(others)} outlet{'' if len(others) == 1 else 's'}: {named}{rest}"


def _of_rule(view: View, message: Message) -> View:
    """The view with the template of the rule, where it has one."""
    if not message.template:
        return view
    try:
        return replace(view, template=Template.read(message.template), broken="")
    except BrokenTemplate as error:
        return replace(view, template=None, broken=str(error))


def _one_line_a_story(message: Message) -> Message:
    """A digest names the outlets of a story beside its first article, and does not list them one below the other."""
    if message.event is not Event.DIGEST:
        return message
    leads = {article.story_id: article for article in reversed(message.articles)}
    ordered = dict.fromkeys(article.story_id for article in message.articles)
    return replace(message, articles=tuple(leads[story] for story in ordered))


def _why(message: Message) -> list[str]:
    urgency = "" if message.rule.priority is Priority.NORMAL else message.rule.priority.value
    why = _WHY[message.reason]
    if message.reason is Reason.UPDATE and message.articles and message.articles[0].correction:
        why = "The story was corrected"
    if message.event is Event.TEST:
        why = "Test message"
    standing = "" if message.standing is None else message.standing.because
    stories = f"{len(message.stories)} stories" if len(message.stories) > 1 and not standing else ""
    because = "" if message.because == standing else message.because
    return [part for part in (urgency, standing, why, stories, because) if part]


def _notes(message: Message, view: View) -> tuple[str, ...]:
    """A service that cannot drop a repeat shows it: so the message says that it may be one."""
    notes = [_broken(view.broken)] if view.broken else []
    if message.held_back:
        notes.append(one_line(message.held_back))
    if message.maybe_sent is not None:
        notes.append(f"may have been posted before, at {time_text(message.maybe_sent, view.time_zone)}")
    return tuple(notes)


def _buttons(links: Links) -> tuple[Button, ...]:
    named = (("Open", links.alert), ("Acknowledge", links.acknowledge), ("Silence", links.silence), ("Why", links.why))
    return tuple(Button(label, url) for label, url in named if url.startswith("http"))


def _block(article: MessageArticle, story: MessageStory | None, view: View, longest: Longest) -> ArticleBlock:
    facts = [clamp_text(one_line(article.source), longest.source)]
    if article.published is not None:
        facts.append(time_text(article.published, view.time_zone))
    if article.correction:
        facts.append("correction")
    if story is not None:
        facts.append(outlets_text(story.outlets, article.source))
        if story.size > max(len(story.outlets), 1):
            facts.append(f"{story.size} articles in this story")
    snippet = clamp_text(one_line(article.snippet), longest.snippet) if longest.snippet else ""
    return ArticleBlock(
        headline=clamp_text(one_line(article.headline), longest.title),
        url=article.url,
        facts=tuple(fact for fact in facts if fact),
        quote=quoted(snippet, [match.text for match in article.matches]),
    )


def _shortened(message: Message, longest: Longest) -> tuple[str, ...]:
    """Which texts lose their end in any case, for people."""
    lengths = (("title", longest.title), ("snippet", longest.snippet))
    return tuple(
        f"the end of {count} {name}{'s' if count > 1 else ''}"
        for name, most in lengths
        if (count := sum(len(one_line(getattr(article, name))) > most for article in message.articles))
    )


def _thinner(longest: Longest) -> list[tuple[Longest, tuple[str, ...]]]:
    """Step by step less of the one article that is left."""
    quote = replace(longest, snippet=longest.snippet // 2)
    bare = replace(longest, snippet=0, because=min(longest.because, 200))
    short = replace(bare, title=min(longest.title, 150), source=40, rule=60, because=80)
    return [
        (quote, ("the end of the snippet",)),
        (bare, ("the snippet", "the outlets' names")),
        (short, ("the snippet", "the outlets' names", "the end of the title")),
    ]


def _bare(layout: Layout) -> Layout:
    blocks = tuple(replace(block, facts=block.facts[:2], quote=()) for block in layout.articles)
    return replace(layout, articles=blocks)


def _defused(layout: Layout) -> Layout:
    return replace(
        layout,
        title=defused(layout.title),
        rule=replace(layout.rule, text=defused(layout.rule.text)),
        why=tuple(map(defused, layout.why)),
        state=defused(layout.state),
        notes=tuple(map(defused, layout.notes)),
        articles=tuple(
            replace(
                block,
                headline=defused(block.headline),
                facts=tuple(map(defused, block.facts)),
                quote=tuple(replace(span, text=defused(span.text)) for span in block.quote),
            )
            for block in layout.articles
        ),
    )
