"""Messages cut to what a channel takes: on the message, never on markup, and measured on the encoded payload."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from alerts.channels.message import Message

ELLIPSIS = "…"
_LONGEST_GRAPHEME = 32  # characters; a longer one is no letter of any language


@dataclass(frozen=True, slots=True)
class Fitted:
    """A body within its budget, how many articles had to be left out of it, and all that was cut, for people."""

    body: bytes
    left_out: int
    cut: tuple[str, ...] = ()


def clamp_text(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words where that loses less than half, with an ellipsis where cut.

    Never inside what people see as one character (a grapheme, UAX 29), as a flag or a letter with its marks.
    """
    if len(text) <= limit:
        return text
    head = text[: max(limit - 1, 0)]
    space = head.rfind(" ")
    if space > limit // 2:
        return head[:space].rstrip() + ELLIPSIS
    if not text[:limit].isascii():
        last = 0
        for found in _graphemes().finditer(text[: limit + _LONGEST_GRAPHEME]):
            if found.end() > len(head):
                if found.end() - found.start() > _LONGEST_GRAPHEME:
                    last = len(head)
                break
            last = found.end()
        head = head[:last]
    return head.rstrip() + ELLIPSIS


def clamp_rendered(text: str, room: int, render: Callable[[str], str], measure: Callable[[str], int] = len) -> str:
    """The text as `render` writes it, in so much room; cut before it is rendered, so never inside markup."""
    most = len(text)
    while (size := measure(rendered := render(clamp_text(text, most)))) > room and most > 1:
        most = max(min(most - 1, most * room // size), 1)
    return rendered


def joined(parts: Sequence[str], room: int, *, between: str = " · ", measure: Callable[[str], int] = len) -> str:
    """The first part, and of the others as many as have room, in one line."""
    line, size = "", 0
    for part in parts:
        more = f"{between}{part}" if line else part
        if line and size + measure(more) > room:
            continue
        line, size = line + more, size + measure(more)
    return line


def utf16_units(text: str) -> int:
    """As JavaScript, and the services written in it, count characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@cache
def _graphemes() -> Any:
    import regex  # noqa: PLC0415 - few texts are cut

    return regex.compile(r"\X")


def fit(message: Message, encode: Callable[[Message, int], bytes], max_bytes: int) -> Fitted:
    """The fullest body of at most `max_bytes`: articles go first (from the end), then evidence, then snippet and title.

    `encode(message, left_out)`. The first article's headline and link stay, even if they alone exceed the budget.
    """
    total = len(message.articles)
    if total == 0:  # a silence has only its sentence
        return Fitted(encode(message, 0), 0)

    def first(count: int) -> bytes:
        return encode(replace(message, articles=message.articles[:count]), total - count)

    count = most_that_fit(total, lambda n: len(first(n)) <= max_bytes)
    if count > 0:
        return Fitted(first(count), total - count, left_out(total - count, total))
    body, cut = _thinned(message, lambda thinner: encode(thinner, total - 1), max_bytes)
    return Fitted(body, total - 1, (*left_out(total - 1, total), *cut))


def left_out(count: int, total: int) -> tuple[str, ...]:
    """How many articles are missing, for people; nothing where none is."""
    return (f"{count} of {total} articles",) if count else ()


def _thinned(message: Message, encode: Callable[[Message], bytes], max_bytes: int) -> tuple[bytes, tuple[str, ...]]:
    article = message.articles[0]

    def with_matches(count: int) -> bytes:
        return encode(replace(message, articles=(replace(article, matches=article.matches[:count]),)))

    count = most_that_fit(len(article.matches), lambda n: len(with_matches(n)) <= max_bytes)
    body = with_matches(count)
    if len(body) <= max_bytes:
        return body, (f"{len(article.matches) - count} of {len(article.matches)} places of evidence",)
    title, source = clamp_text(article.title, 300), clamp_text(article.source, 100)
    bare = replace(article, matches=(), snippet="", title=title, source=source)
    shorter = [("title", title != article.title), ("outlet's name", source != article.source)]
    ends = [f"the end of the {what}" for what, cut in shorter if cut]
    return encode(replace(message, articles=(bare,))), ("all evidence", "the snippet", *ends)


def most_that_fit(limit: int, fits: Callable[[int], bool]) -> int:
    """The largest n in 0..limit that fits (what fits at n fits below it); 0 without asking."""
    low, high = 0, limit
    if fits(high):
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low
