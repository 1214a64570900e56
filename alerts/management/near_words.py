"""Words that a rule just missed in stored articles: where to look for them, and which would have made the rule true."""

from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

from alerts.rules import missed
from alerts.rules.alike import has_forms, searched_as
from alerts.rules.anchors import required_words
from alerts.rules.explain import Explained, Searched, explain_in
from alerts.rules.frequency import weight
from alerts.rules.missed import JustMissed, NearWords
from alerts.rules.syntax import And, Listed, Node, Not, Term
from alerts.rules.walk import nodes_of
from core.model.article import Article
from core.text.document import Document
from core.text.tokens import distinct_words

_MOST_PAIRS = 6  # of an article, that are tried one by one
_MOST_TERMS, _MOST_PARTED = 50, 40  # of a rule, that are looked for by what is like them


def just_missed(look: JustMissed, article: Article) -> dict[str, set[str]]:
    """Words of an article that the rule is false of: in place of the rule's words, they would make it true, each by itself or
    together. Most articles hold no such word, and then nothing is asked of the rule."""
    document = Document(article)
    near = look.near(distinct_words(document.titles) | distinct_words(document.text), article.lang)
    return _needed(look, near, Searched(document)) if near else {}


def _needed(look: JustMissed, near: NearWords, article: Searched) -> dict[str, set[str]]:
    def found_by(pairs: Iterable[tuple[str, str]]) -> bool:
        return explain_in(look.widened(_by_word(pairs)), article).true

    pairs = [(wanted, word) for wanted, words in near.items() for word in words]
    if not found_by(pairs) or found_by(()):
        return {}
    if 1 < len(pairs) <= _MOST_PAIRS:
        pairs = [one for one in pairs if found_by([one]) or not found_by(other for other in pairs if other != one)]
    return _by_word(pairs)


def _by_word(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for wanted, word in pairs:
        found.setdefault(wanted, set()).add(word)
    return found


def missed_words(verdict: Explained, document: Document) -> dict[str, dict[str, int]]:
    """Words of one article that look like those that made the rule false: not like those that it excludes, or has an alternative
    to. Whether they would make it true is not asked: the verdict tells what else is missing."""
    near = missed.just_missed(verdict.node, document)
    failing = {word for term in _failing(verdict) for word in _words_of(term)} if near else set()
    return {word: found for word, found in near.items() if word in failing}


def _failing(verdict: Explained) -> Iterator[Term]:
    if verdict.true or isinstance(verdict.node, Not):
        return
    if isinstance(verdict.node, Term):
        yield verdict.node
    elif isinstance(verdict.node, Listed):
        yield from verdict.node.terms
    for child in verdict.children:
        yield from _failing(child)


def _words_of(term: Term) -> Iterator[str]:
    """Its words, and each two that stand beside each other."""
    words = [word.text for word in term.words]
    yield from words
    yield from map(" ".join, pairwise(words))


def words_nearly(tree: Node) -> list[list[list[str]]]:
    """What to search for, one after the other, to find articles that hold some part of what must be there, but not all: where a
    word just missed is to be found."""
    parts = [required_words(part, weight) for part in tree.children] if isinstance(tree, And) else []
    found = [words for words in parts if words]
    if len(found) > 1:
        return found
    terms = list(islice(_terms(tree), _MOST_TERMS))
    words = dict.fromkeys(word.text for term in terms for word in term.words if word.is_literal)
    like = [[one] for word in words if has_forms(word) for one in searched_as(word)]
    joined = [[one] for term in terms for one in missed.joined(term)]
    parted = [list(two) for word in words for two in missed.parted(word)]
    return [some for some in (like, joined + parted[:_MOST_PARTED]) if some]


def _terms(tree: Node) -> Iterator[Term]:
    for node in nodes_of(tree):
        terms = node.terms if isinstance(node, Listed) else (node,) if isinstance(node, Term) else ()
        yield from (term for term in terms if not term.cased)
