"""Comparisons of a rule: `wc>1000`, `published<2d`. One function says whether an article meets one, and when it cannot be read."""

from datetime import datetime, timedelta
from typing import TypeVar

from alerts.rules.syntax import ComparedField, Comparison
from core.text.document import Document
from core.text.spans import span_of

OPERATORS = ("<=", ">=", "<", ">")

_Size = TypeVar("_Size", int, timedelta, datetime)


def held(node: Comparison, document: Document) -> bool:
    """Whether the article meets it. An age counts from when the article was seen, so that the answer never changes; an article
    without a time of publication meets none of `published`."""
    article = document.article
    match node.field:
        case ComparedField.WORDS:
            return _holds(node.operator, len(document.body), int(node.value))
        case ComparedField.PUBLISHED:
            if article.published is None:
                return False
            age = span_of(node.value)
            if age is not None:
                return _holds(node.operator, max(article.seen - article.published, timedelta()), age)
            return _holds(node.operator, article.published, datetime.fromisoformat(node.value))


def _holds(operator: str, found: _Size, value: _Size) -> bool:
    match operator:
        case "<":
            return found < value
        case "<=":
            return found <= value
        case ">":
            return found > value
        case _:
            return found >= value
