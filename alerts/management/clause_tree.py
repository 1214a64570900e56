"""How a clause tree is shown: the word for each node, and its evidence with some of the text around it. Pure."""

from dataclasses import dataclass

from alerts.rules.printer import print_rule
from alerts.rules.syntax import And, KOf, Node, Not, Or, Scope
from core.model.article import Article
from core.model.match import Evidence

_AROUND = 30  # characters shown on each side of evidence


@dataclass(frozen=True, slots=True)
class Quoted:
    """Evidence with what stands before and after it, an ellipsis where more does."""

    field: str
    before: str
    text: str
    after: str


def label(node: Node) -> str:
    """An operator by its name; a clause by its text."""
    match node:
        case And():
            return "AND, all of"
        case Or():
            return "OR, any of"
        case Not():
            return "NOT"
        case KOf(count=count):
            return f"KOF/{count}, at least {count} of"
        case Scope(field=field):
            return f"in {field.value}"
        case _:
            return print_rule(node)


def quoted(article: Article, evidence: Evidence, around: int = _AROUND) -> Quoted:
    """The evidence as it stands in the article."""
    text = _text(article, evidence.field)
    start, end = evidence.start, evidence.end
    before = "…" if start > around else ""
    after = "…" if end + around < len(text) else ""
    return Quoted(
        evidence.field,
        f"{before}{text[max(0, start - around) : start]}",
        text[start:end],
        f"{text[end : end + around]}{after}",
    )


def _text(article: Article, field: str) -> str:
    told = {"feed_title": article.feed_title, "feed_text": article.feed_text}
    text = {"title": article.title, "body": article.text, "lead": article.text, **told}.get(field)
    if text is not None:
        return text
    items = {"author": article.authors, "tag": article.tags, "section": (article.section or "",)}.get(field, ())
    return "\n\n".join(items)
