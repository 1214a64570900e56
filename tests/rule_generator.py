"""Random rules over the words of real articles, so that many are true of some article and false of others.

Every construct of the language is in it; `SHARES` says how often. Where it is asked for, a rule's words are spelt otherwise than
they are found: with other marks, letters and digits, and with what is not seen.
"""

import random
import re
from collections.abc import Sequence

from alerts.rules import syntax as s
from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.parser import parse
from alerts.rules.printer import as_written, print_rule
from core.text.characters import is_single
from core.text.tokens import tokenize, words_of
from tests.reference_words import script
from tests.script_articles import respelt

SCOPES = (s.WordField.TITLE, s.WordField.LEAD, s.WordField.BODY, s.WordField.HLEAD)
# Values of exact fields; give some to the articles that the rules meet.
FACTS: dict[s.ExactField, tuple[str, ...]] = {
    s.ExactField.LANG: ("en", "de", "ko"),
    s.ExactField.COUNTRY: ("us", "gb", "kr"),
    s.ExactField.SOURCE: ("the world", "morgenpost"),
    s.ExactField.DOMAIN: ("world.example", "example", "news.world.example", "orld.example"),
    s.ExactField.URL: ("world.example/asia", "/asia", "/asia/1", "world.example/europe"),
}
OTHER_WORDS = ("Jane Doe", "Kim Park", "asia", "world news", "arms trade", "korea")  # authors, sections, tags
SHARES = {"and": 20, "or": 20, "not": 8, "scope": 12, "kof": 6, "fact": 3, "regex": 3, "other": 3, "operand": 25}


class RuleMaker:
    """Rules from one article's words, mostly; `others` lend words that it does not have."""

    def __init__(
        self,
        rng: random.Random,
        others: Sequence[str],
        *,
        respelling: float = 0,
        lists: int = 0,
        inflected: Sequence[str] = (),
    ) -> None:
        """`respelling`: the share of words that are spelt otherwise; `lists`: how many aliases there are; `inflected`: words that
        stand in `forms(...)`."""
        self.rng = rng
        self.respelling = respelling
        self.inflected = inflected
        self.others = [words for text in others if (words := words_of(text))]
        self.original: list[str] = []
        self.aliases = AliasSet()
        self.aliases = AliasSet.of((f"list{k}", self.listed()) for k in range(lists))

    def listed(self) -> list[str]:
        """The terms of an alias: words of one text or of several, and what they do not count beside."""
        words = self.rng.choice(self.others)
        terms = [as_written(self.term(words)) for _ in range(self.rng.choice((1, 2, 5, 9)))]
        excluded = [f"NOT {as_written(self.term(words))}" for _ in range(self.rng.choice((0, 0, 1, 2)))]
        if self.inflected:
            terms.append(as_written(self.forms()))
            excluded += [f"NOT {as_written(self.forms())}"] * self.rng.choice((0, 0, 1))
        return terms + excluded

    def rule(self, text: str) -> s.Node:
        """A rule with something positive in it; true of `text` about half the time."""
        tokens = tokenize(text)
        words = tokens.words or ["word"]
        # Words that are written as one: no marks of their own, no ligatures, so that typing them again gives the same.
        pieces = (text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True))
        self.original = [piece for piece in pieces if words_of(piece) == [piece.lower()]]
        node = self.node(words, self.rng.choice((1, 2, 2, 3)))
        if self.rng.random() < 0.85:
            return node
        below = node.children if isinstance(node, s.And) else (node,)
        return s.And((self.operand(words), *below))

    def written(self, text: str) -> tuple[str, s.Node]:
        """A rule's text and its tree as the parser reads it: places included, lists expanded, and nothing that is refused."""
        while True:
            meant = self.rule(text)
            rule = as_written(meant)
            tree = parse(rule, aliases=self.aliases).tree
            if tree is not None:
                assert print_rule(tree) == print_rule(meant), rule
                return rule, expand(tree, self.aliases)

    def node(self, words: Sequence[str], depth: int) -> s.Node:
        if depth == 0:
            return self.operand(words)
        match self.rng.choices(tuple(SHARES), tuple(SHARES.values()))[0]:
            case "and":
                return s.And(tuple(self.part(words, depth, s.And) for _ in range(self.rng.choice((2, 2, 3)))))
            case "or":
                return s.Or(tuple(self.part(words, depth, s.Or) for _ in range(self.rng.choice((2, 3, 4)))))
            case "not":
                return s.Not(self.part(words, depth, s.Not))
            case "scope":
                return s.Scope(self.rng.choice(SCOPES), self.part(words, depth, s.Scope))
            case "kof":
                parts = tuple(self.part(words, depth, s.KOf) for _ in range(3))
                return s.KOf(self.rng.choice((1, 2, 3)), parts)
            case "fact":
                if self.rng.random() < 0.3:
                    return self.comparison()
                field = self.rng.choice(tuple(FACTS))
                return s.FieldTest(field, self.rng.choice(FACTS[field]))
            case "regex":
                return self.regex(words)
            case "other":
                name = self.rng.choice((s.WordField.AUTHOR, s.WordField.SECTION, s.WordField.TAG))
                return s.Scope(name, self.operand(words_of(" ".join(OTHER_WORDS))))
            case _:
                return self.operand(words)

    def comparison(self) -> s.Node:
        """Of ages and counts of words that some of the articles have."""
        operator = self.rng.choice(("<", "<=", ">", ">="))
        if self.rng.random() < 0.5:
            return s.Comparison(s.ComparedField.WORDS, operator, str(self.rng.choice((10, 25, 40, 60, 300))))
        return s.Comparison(s.ComparedField.PUBLISHED, operator, self.rng.choice(("12h", "30d", "14d", "2026-11-21")))

    def regex(self, words: Sequence[str]) -> s.Node:
        """A piece of the text; only what RE2 and Python's re read alike."""
        ascii_words = [word for word in words if word.isascii()] or ["x"]
        word = re.escape(self.rng.choice(ascii_words))
        forms = (
            word,
            f"(?i){word}",
            f"{word}[a-z]*",
            f"{word[:2]}.{word[3:]}",
            rf"{word}[ ,.]+[A-Z]",
            rf"[^a-z]{word}\.",
        )
        return s.Regex(self.rng.choice(forms))

    def part(self, words: Sequence[str], depth: int, kind: type[s.Node]) -> s.Node:
        """A child that the printer would not merge with its parent."""
        while True:
            node = self.node(words, depth - 1)
            if not (isinstance(node, s.And | s.Or) and type(node) is kind):
                return node

    def operand(self, words: Sequence[str]) -> s.Node:
        choice = self.rng.random()
        if choice < 0.40:
            return self.one(words)
        left, right = self.group(words), self.group(words)
        if choice < 0.62:
            return s.Near(left, right, self.rng.choice((0, 1, 3, 5, 10, 20)), ordered=self.rng.random() < 0.4)
        if choice < 0.70:
            return s.Near(left, right, self.rng.choice((1, 5, 10)), negated=True)
        if choice < 0.76:
            near = s.Near(left, right, self.rng.choice((3, 8)))
            return s.Near(near, self.one(words), self.rng.choice((2, 6)))
        if choice < 0.86:
            return s.Within(left, right, self.rng.choice(tuple(s.Unit)))
        if choice < 0.93:
            return s.AtLeast(self.rng.choice((1, 2, 3)), left)
        return s.First(self.rng.choice((5, 20, 60)), left)

    def group(self, words: Sequence[str]) -> s.Node:
        if self.rng.random() < 0.75:
            return self.one(words)
        terms = tuple(dict.fromkeys(self.one(words) for _ in range(3)))
        return terms[0] if len(terms) == 1 else s.Or(terms)

    def forms(self) -> s.Forms:
        return s.Forms(self.rng.choice(self.inflected))

    def one(self, words: Sequence[str]) -> s.Term | s.AliasRef | s.Forms:
        if self.inflected and self.rng.random() < 0.4:
            return self.forms()
        if self.aliases.terms and self.rng.random() < 0.12:
            return s.AliasRef(self.rng.choice(sorted(self.aliases.terms)))
        return self.term(words)

    def term(self, words: Sequence[str]) -> s.Term:
        rng = self.rng
        if self.others and rng.random() < 0.12:
            words = rng.choice(self.others)
        at = rng.randrange(len(words))
        picked = list(words[at : at + rng.choice((1, 1, 1, 2, 2, 3))])
        if rng.random() < 0.06 and self.original:
            return self.cased()
        if rng.random() < 0.1:
            picked = [words[at], rng.choice(list(words))]
        patterns = tuple(map(self.pattern, picked))
        return s.Term(patterns, shown=" ".join(map(self.spelling, patterns)))

    def spelling(self, pattern: s.WordPattern) -> str:
        """How its author writes it."""
        star = "*" if pattern.prefix else ""
        if "?" in pattern.text or self.rng.random() >= self.respelling:
            return pattern.text + star
        return respelt(pattern.text, self.rng) + star

    def cased(self) -> s.Term:
        """Words as the article has them, or in letters that it may not have."""
        at = self.rng.randrange(len(self.original))
        picked = self.original[at : at + self.rng.choice((1, 1, 2))]
        if self.rng.random() < 0.3:
            picked = [self.rng.choice((str.upper, str.lower, str.title))(word) for word in picked]
        return s.Term(tuple(map(s.WordPattern, picked)), cased=True)

    def pattern(self, word: str) -> s.WordPattern:
        choice = self.rng.random()
        scripts = {script(char) for char in word}
        if choice < 0.8 or len(word) < 4 or not word.isalpha() or is_single(word[0]) or len(scripts) > 1:
            return s.WordPattern(word)
        if choice < 0.92:
            return s.WordPattern(word[: self.rng.randint(3, len(word))], prefix=True)
        at = self.rng.randint(3, len(word) - 1)
        return s.WordPattern(word[:at] + "?" + word[at + 1 :])
