"""Facts of an article as words of the index, so that a search for `lang:de`, a source or a day needs no look at other articles.

A fact that holds of an article is always among its words; that it is among them proves nothing (long values are cut): who
searches decides by the article itself. No word of a text has a `=` in it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from core.model.article import Article
from core.model.team import DEFAULT_TEAM
from core.text.addresses import ascii_host
from core.text.language_code import language_code
from core.text.names import name_key

VERSION = 2  # of what stands here: articles of an earlier one are indexed anew

_MOST_DAYS = 80  # a longer time is named by its months
_MOST_WORDS = 240  # of a time; of a longer one only what the article says decides


def facts_of(article: Article) -> list[str]:
    """All facts that a search may ask for, each once."""
    found = [
        fact("lang", language_code(article.lang)),
        fact("country", (article.country or "").casefold()),
        fact("source", article.source_id),
        fact("name", name_key(article.source_name)),
        *(fact("agency", name_key(agency)) for agency in article.agencies),
        *(fact("domain", domain) for domain in _domains(article)),
        *(fact("team", team) for team in article.teams or (DEFAULT_TEAM,)),
        *_day(article.accepted),
    ]
    return list(dict.fromkeys(found))


def fact(name: str, value: str) -> str:
    """The word of a fact; `value` in the form that is compared."""
    return f"{name}={value}"


def within(since: datetime, until: datetime) -> list[str] | None:
    """Words of which an article accepted in that time has one at least; None: too many to say, ask without."""
    first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    if (last - first).days <= _MOST_DAYS:
        return [fact("day", (first + timedelta(days=n)).isoformat()) for n in range((last - first).days + 1)]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return [_month(first, n) for n in range(months)] if months <= _MOST_WORDS else None


def _day(moment: datetime) -> tuple[str, str]:
    day = moment.astimezone(UTC).date()
    return fact("day", day.isoformat()), _month(day, 0)


def _month(first: date, more: int) -> str:
    months = first.year * 12 + first.month - 1 + more
    return fact("month", f"{months // 12:04}-{months % 12 + 1:02}")


def _domains(article: Article) -> Iterator[str]:
    """Its hosts, and all that they are below of."""
    for host in {ascii_host(article.domain), ascii_host(urlsplit(article.canonical_url).hostname or "")} - {""}:
        labels = host.split(".")
        for place in range(len(labels)):
            yield ".".join(labels[place:])
