"""Messages of every shape that a channel has to carry, with hostile texts in them; written by us."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.channels.message import Links, Message, message_of
from alerts.rules.limits import MAX_CHARACTERS
from core.model.alert import Alert, AlertArticle, StandingReason
from core.model.alert_state import OPEN, AlertState
from core.model.match import ArticleBrief, Evidence
from core.model.outcome import AlertStatus, Event, Priority, Reason
from core.text.visible import one_line
from tests.alerts.making import NOW, alert, brief, clause, notification, rule_ref

CONSOLE = "https://wire.example"

# What the words of a snippet are written between: a script with spaces, scripts without, right to left, marks that combine.
EVIDENCE = {
    "latin": ("Ships with arms, left the port.", ("arms",)),
    "korean": ("북한이 동해상으로 탄도미사일을 발사했다고 밝혔다.", ("북한", "미사일")),
    "japanese": ("昨日北朝鮮ミサイルが発射された。", ("北朝鮮", "ミサイル")),
    "arabic": ("أعلنت كوريا الشمالية عن شحنة أسلحة إلى روسيا.", ("كوريا الشمالية", "روسيا")),
    "emoji": ("Launch 🚀 of arms 👩‍👩‍👧‍👦 at 🇰🇵.", ("arms",)),
    "combining": ("Le navire transporte des armes à Sébastopol.", ("armes",)),
    "thai": ("เกาหลีเหนือยิงขีปนาวุธ", ("เกาหลีเหนือ",)),
}

HOSTILE = {
    "markup": "*bold* _it_ ~gone~ `code` **b** __u__ ||s|| [l](https://evil.example) <b>x</b> &amp; &lt; # ! \\* a_b_c",
    "pings": "@everyone @here @channel @room @all <!channel> <!here|here> <@U012AB3CD> <@&987> <!everyone> @ann.lee <users/all> <at>ann@desk.example</at>",
    "bidi": "\u202eevil\u202c \u2066hidden\u2069 \u200bzero\ufeff \u061c\u200f end",
    "lines": "first\nsecond\r\n> quoted\n# heading\n- item\n1. one\u2028last",
    "controls": "bell\x07 escape\x1b[31mred nul\x00 end",
    "html": "<script>alert(1)</script> <a href='https://evil.example'>x</a> &#60; </b></a>",
    "braces": "{{ 7*7 }} {% raw %} ${HOME} %s <%= 1 %> \\u0041 \"quoted\" 'single'",
    "words": "Re: :tada: 12:30:45 https://evil.example/a_b www.evil.example $5 or $6$ &copy; [open ![x](y) C:\\dir\\_a mailto:x@y.example",
    "list": "- first",
    "numbered": "1. FC Example",
    "surrogate": "half \ud83d of one",
}


def told(article: ArticleBrief, words: tuple[str, ...] = ()) -> Alert:
    """An alert about the article, with these words of its snippet as evidence."""
    made = alert(article)
    evidence = tuple(clause("arms", start=article.snippet.find(word), shown=word) for word in words)
    return replace(made, articles=(AlertArticle(brief=article, evidence=evidence),))


def linked(_: Alert) -> Links:
    """Links as they are long: signed ones."""
    signed = "eyJhIjoiYSJ9." + "k" * 120
    return Links(
        alert=f"{CONSOLE}/alerts/a1",
        acknowledge=f"{CONSOLE}/do/acknowledge?t={signed}&x=1",
        silence=f"{CONSOLE}/do/silence?t={signed}&x=1",
        why=f"{CONSOLE}/alerts/a1/why",
    )


def local(_: Alert) -> Links:
    """Those of an installation that has no name yet."""
    here = "http://localhost:8080"
    return Links(
        alert=f"{here}/alerts/a", acknowledge=f"{here}/ack?t=1", silence=f"{here}/silence?t=1", why=f"{here}/why"
    )


def shapes() -> Mapping[str, Message]:
    """By name. Each has an article with a headline and a link, but `flatline`."""
    found = {f"evidence-{name}": _message(told(brief(snippet=text), words)) for name, (text, words) in EVIDENCE.items()}
    found |= {f"title-{name}": _message(told(brief(title=text))) for name, text in HOSTILE.items()}
    found |= {
        f"all-{name}": _message(
            replace(
                told(brief(title=text, snippet=f"{text} arms {text}", source=text), ("arms",)),
                rule=rule_ref(one_line(text)),
            )
        )
        for name, text in HOSTILE.items()
    }
    return {**found, **_long(), **_events(), "flatline": _flatline()}


def _message(
    *alerts: Alert,
    event: Event = Event.ALERT_CREATED,
    reason: Reason = Reason.FIRST,
    state: AlertState = OPEN,
    maybe_sent: datetime | None = None,
) -> Message:
    note = notification(*alerts, reason=reason, event=event)
    return message_of(note, console_url=CONSOLE, links=linked, state=state, maybe_sent=maybe_sent)


def _of_longest_rule(query: str, places: list[tuple[int, int]]) -> Message:
    """An alert of a rule as long as one may be, with these clauses of it as evidence."""
    query = query[:MAX_CHARACTERS].ljust(MAX_CHARACTERS)
    made = alert(brief(snippet="Ships with arms, left the port."), rule=rule_ref(query=query))
    evidence = tuple(Evidence(start, end, "body", 11, 15, "arms") for start, end in places)
    return _message(replace(made, articles=(replace(made.articles[0], evidence=evidence),)))


def _long() -> dict[str, Message]:
    words = "arms " * 4_000
    names = "# те, кто\nОружие\nAND (\n" + "    OR имя  # как есть\n" * 3_000
    return {
        "longest-rule": _of_longest_rule(names, [(10, 16), (24, MAX_CHARACTERS)]),
        "longest-clause": _of_longest_rule(f'"{"北" * (MAX_CHARACTERS - 2)}"', [(0, MAX_CHARACTERS)] * 5),
        "longest-markup": _of_longest_rule("<&>*_`@here " * 6_000, [(0, MAX_CHARACTERS)] * 5),
        "long": _message(told(brief(title=words, snippet=words, source=words), ("arms",))),
        "long-korean": _message(told(brief(title="북한" * 2_000, snippet="미사일" * 2_000), ("미사일",))),
        "long-emoji": _message(told(brief(title="👩‍👩‍👧‍👦" * 500, snippet="🇰🇵" * 2_000))),
        "long-markup": _message(told(brief(title="*_~`[]()&<>" * 300, snippet="<&>*_" * 900))),
        "long-combining": _message(told(brief(title="e" + "\u0301" * 5_000, snippet="a\u0308" * 3_000))),
        "long-rule": _message(replace(told(brief()), rule=rule_ref("rule " * 200))),
        "long-url": _message(told(brief(url="https://news.example/" + "a%20b&c=" * 90))),
        "very-long-url": _message(told(brief(url="https://news.example/" + "x" * 9_000))),
        "url-intranet": _message(told(brief(url="http://intranet:8080/news/1"))),
        "url-underscore": _message(told(brief(url="https://news_desk.example/1"))),
        "url-idn": _message(told(brief(url="https://bücher.example/ä"))),
        "url-odd": _message(told(brief(url="http://[::1"))),
        "url-markup": _message(told(brief(url="https://news.example/?a=1&b=<2>|3)(*_[x]\"'`"))),
        "200-articles": _message(alert(*[brief(n, title=f"Story {n} of many") for n in range(200)], size=200)),
        "many-outlets": _message(alert(*[brief(n, source=f"Outlet {n} & Sons") for n in range(30)])),
        "no-title": _message(told(brief(title=""))),
        "blank-title": _message(told(brief(title=" \u200b\u202e "))),
        "no-snippet": _message(told(brief(snippet=""))),
        "undated": _message(told(replace(brief(), published=None))),
    }


def _events() -> dict[str, Message]:
    digest = [replace(alert(brief(n, title=f"Story {n}"), story=f"s{n}"), story_size=n + 1) for n in range(40)]
    corrected = alert(brief(2, title="Correction: no arms were shipped", correction=True), brief(1))
    state = AlertState(
        status=AlertStatus.ACKNOWLEDGED, by="Ann <ann@desk.example>", at=NOW, comment="*mine* <!channel> @everyone"
    )
    reasons = {
        f"reason-{reason}": replace(
            _message(alert(), reason=reason),
            because='the words "@all" <!here> are gone from *the text* of <@U012AB3CD>',
        )
        for reason in Reason
    }
    return {
        **reasons,
        "update": _message(alert(brief(2), brief(1)), event=Event.ALERT_UPDATED, reason=Reason.UPDATE),
        "correction": _message(corrected, event=Event.ALERT_UPDATED, reason=Reason.UPDATE),
        "digest": _message(*digest, event=Event.DIGEST, reason=Reason.DIGEST),
        "held-back": replace(
            _message(*digest, event=Event.DIGEST, reason=Reason.DIGEST), held_back="2 silenced by @here: <!channel> *x*"
        ),
        "quiet-hours": _message(
            alert(), alert(brief(2), story="b"), event=Event.DIGEST, reason=Reason.QUIET_HOURS_OVER
        ),
        "test": _message(alert(), event=Event.TEST),
        "flash": _message(replace(alert(), rule=rule_ref(priority=Priority.FLASH))),
        "acknowledged": _message(alert(), state=state),
        "long-state": _message(alert(), state=replace(state, comment="& <long> " * 2_000, by="Ann " * 300)),
        "maybe-sent": _message(alert(), maybe_sent=NOW - timedelta(minutes=3)),
        "local-console": message_of(notification(alert()), console_url="http://localhost:8080", links=local),
        "no-console": message_of(notification(alert())),
        "redrive": _message(alert(), reason=Reason.REDRIVE),
    }


def _flatline() -> Message:
    standing = StandingReason(
        kind="silence",
        because="no article from Example World for 6 h, since 2026-03-02 03:10 UTC",
        window_seconds=21_600,
        stories=0,
        source="Example World",
    )
    return _message(replace(alert(), articles=(), standing=standing, story_size=0))
