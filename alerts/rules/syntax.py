"""The tree of a rule: frozen nodes, each with its span in the rule's text.

Spans take no part in equality: `parse(print(tree)) == tree`.
"""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

Span = tuple[int, int]  # start and end character in the rule's text


class WordField(StrEnum):
    """Fields searched word by word. HLEAD is title and lead, two fields searched, never joined."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    HLEAD = "hlead"
    AUTHOR = "author"
    SECTION = "section"
    TAG = "tag"


class ExactField(StrEnum):
    """Fields compared whole, without regard to case."""

    SOURCE = "source"
    DOMAIN = "domain"
    URL = "url"
    LANG = "lang"
    COUNTRY = "country"
    AGENCY = "agency"


class ComparedField(StrEnum):
    """Fields compared by size."""

    PUBLISHED = "published"
    WORDS = "wc"  # of the body


class Unit(StrEnum):
    SENTENCE = "SENT"
    PARAGRAPH = "PARA"


@dataclass(frozen=True, slots=True)
class WordPattern:
    """One word of a term. `text` is folded (in a cased term: as typed); `?` in it is exactly one letter;
    `prefix` is a star at its end (at least one more... or none: `weapon*` also finds `weapon`)."""

    text: str
    prefix: bool = False

    @property
    def is_literal(self) -> bool:
        return not self.prefix and "?" not in self.text


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase. `shown` is how its author wrote it (without quotes), for printing; not compared. `langs`: it counts in
    articles of these languages only (codes of two letters, in order); () in every article. Only terms of a list have some."""

    words: tuple[WordPattern, ...]
    cased: bool = False
    shown: str = dataclasses.field(default="", compare=False)
    span: Span = dataclasses.field(default=(0, 0), compare=False)
    langs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AliasRef:
    """`@name`, before expansion."""

    name: str
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Forms:
    """`forms(Россия)`, before expansion: every inflected form of a word, or of a phrase. `text`: the words as typed, without
    quotes; `lang`: a two-letter code, None where none was given; `struck`: forms that are left out, as typed."""

    text: str
    lang: str | None = None
    struck: tuple[str, ...] = ()
    span: Span = dataclasses.field(default=(0, 0), compare=False)


class Terms(tuple[Term, ...]):  # noqa: SLOT001 - what is derived is kept in it
    """The terms of a list: hashed once and compared by identity first, since a hundred thousand of them are shared by a thousand
    rules. `kept`: what modules derive from them, freed with them."""

    _hash: int | None = None

    @classmethod
    def of(cls, terms: tuple[Term, ...]) -> "Terms":
        """These terms, themselves where they are a list already."""
        return terms if isinstance(terms, Terms) else cls(terms)

    @cached_property
    def kept(self) -> dict[object, Any]:
        return {}

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = super().__hash__()
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return not (isinstance(other, Terms) and hash(self) != hash(other)) and super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other


@dataclass(frozen=True, slots=True)
class Listed:
    """What an alias or `forms(...)` stands for, after expansion: an OR of terms that is one clause of the rule.

    `terms` and `exclude` are one object for all rules that name the same list, so that it is looked for once an article. A match
    of a term does not count where a match of `exclude` overlaps it or has at most `within` words between, in one paragraph.
    `shown`: the reference as it is written, for printing; not compared.
    """

    terms: tuple[Term, ...]  # Terms, whatever it is made of
    exclude: tuple[Term, ...] = ()
    within: int = 10
    span: Span = dataclasses.field(default=(0, 0), compare=False)
    shown: str = dataclasses.field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", Terms.of(self.terms))
        object.__setattr__(self, "exclude", Terms.of(self.exclude))


@dataclass(frozen=True, slots=True)
class Near:
    """`a NEAR/n b`, `a ONEAR/n b` (ordered), `a NOT NEAR/n b` (negated)."""

    left: "Node"
    right: "Node"
    distance: int
    ordered: bool = False
    negated: bool = False
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Within:
    """`a SENT b`, `a PARA b`."""

    left: "Node"
    right: "Node"
    unit: Unit
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    child: "Node"
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class And:
    children: tuple["Node", ...]
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    children: tuple["Node", ...]
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    count: int
    child: "Node"
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class KOf:
    count: int
    children: tuple["Node", ...]
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class First:
    count: int
    child: "Node"
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Regex:
    pattern: str
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """`title:x`, `hlead:(...)`; the innermost scope wins."""

    field: WordField
    child: "Node"
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class FieldTest:
    """`domain:reuters.com`; `value` as typed."""

    field: ExactField
    value: str
    span: Span = dataclasses.field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`wc>1000`, `published<2d`. `operator`: one of `<`, `<=`, `>`, `>=`; `value` as typed: a number, a span of time, a day."""

    field: ComparedField
    operator: str
    value: str
    span: Span = dataclasses.field(default=(0, 0), compare=False)


Node = (
    Term
    | AliasRef
    | Forms
    | Listed
    | Near
    | Within
    | Not
    | And
    | Or
    | AtLeast
    | KOf
    | First
    | Regex
    | Scope
    | FieldTest
    | Comparison
)
