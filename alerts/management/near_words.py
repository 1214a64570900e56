"""Words that a rule just missed in stored articles: where to look for them, and which would have made the rule true."""

from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

from alerts.management.candidates import MOST_GROUPS
from alerts.rules import missed
from alerts.rules.alike import has_forms, searched_as
from alerts.rules.anchors import parts_needed, required_words
from alerts.rules.explain import Explained, Searched, explain_in
from alerts.rules.frequency import weight
from alerts.rules.missed import JustMissed, NearWords
from alerts.rules.syntax import Listed, Node, Not, Term
from core.model.article import Article
from core.text.document import Document
from core.text.tokens import distinct_words

Group = list[list[str]]  # one of its members must be there whole
_MOST_PAIRS = 6  # of an article, that are tried one by one
_MOST_TERMS, _MOST_PARTED, _MOST_MEMBERS = 50, 12, 400  # of a part, of a word, of a group


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


def words_nearly(tree: Node) -> list[Group]:
    """What to search for to find articles that hold, for every part that must be there, its words or some that are like them: where
    words just missed are to be found. Empty: nothing is like the rule's words."""
    found: list[Group] = []
    for part in parts_needed(tree, weight):
        if isinstance(part, Term) and not part.cased:
            found += [_like([part], word) for word in _literal(part)]
        else:
            found.append(_of_part(part))
    groups = [group for group in found if 0 < len(group) <= _MOST_MEMBERS]
    return groups[:MOST_GROUPS] or [group[:_MOST_MEMBERS] for group in found[:1] if group]


def _of_part(part: Node) -> Group:
    terms = list(islice(missed.wanted_terms(part), _MOST_TERMS))
    words = dict.fromkeys(word for term in terms for word in _literal(term))
    exact = required_words(part, weight) or []
    return exact + [one for word in words for one in _like(terms, word) if one not in exact]


def _literal(term: Term) -> list[str]:
    return [word.text for word in term.words if word.is_literal]


def _like(terms: Iterable[Term], word: str) -> Group:
    """The word, its forms, and how an article may write it as two, or with the word beside it as one."""
    forms = [[one] for one in searched_as(word)] if has_forms(word) else []
    joined = [[one] for term in terms for one, pair in missed.joined(term).items() if word in pair.split(" ")]
    return [[word], *forms, *joined, *map(list, islice(missed.parted(word), _MOST_PARTED))]
