"""Two wordings of one sentence: what stands in one in the place of what stands in the other. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from core.text.characters import is_mark
from ingest.story.numbers import UNSPACED, Token, currency_of
from ingest.story.words import Language, Role

_FEW = 4  # words in the place of so few others are in their place
_FEW_LETTERS = 12  # the same of letters in a script without spaces
_CLAUSE = 4  # words that make up a clause of their own
_ALIKE = 0.66  # of the letters of two spellings of one name
_SPELT = 0.8  # of the letters of two spellings of one word
_WORD = 2  # words that may be left out: more are a cut
_NAME_WORDS = 4
_VAGUE = frozenset({"1", "0"})  # `one of them`: an article as well as a number


class _Part(NamedTuple):
    """What stands in the old sentence and what in its place in the new one; both, or one of them, may be empty."""

    old: Sequence[Token]
    new: Sequence[Token]

    @property
    def short(self) -> bool:
        return len(self.old) <= _FEW and len(self.new) <= _FEW


class Frame:
    """An earlier wording and a new one. `told`: whether an earlier text has a word."""

    def __init__(
        self, old: Sequence[Token], new: Sequence[Token], words: Language, told: Callable[[Token], bool]
    ) -> None:
        self._old, self._new, self._words, self._told = old, new, words, told

    @cached_property
    def _parts(self) -> list[_Part]:
        a, b = [token.text for token in self._old], [token.text for token in self._new]
        codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        return [_Part(self._old[i:j], self._new[k:m]) for tag, i, j, k, m in codes if tag != "equal"]

    def another_number(self, *, close: bool) -> bool:
        """Whether a number stands in the place of another, or two have changed places."""
        old, new = _numbers(self._old), _numbers(self._new)
        if old == new:
            return False
        gained, lost = Counter(new) - Counter(old), Counter(old) - Counter(new)
        if not gained:
            words = [[token.text for token in one if not token.number] for one in (self._old, self._new)]
            return not lost and words[0] == words[1]
        for part in self._parts:
            fresh = [t for t in part.new if t.number in gained and not t.bracketed]
            if not fresh or _is_date(part):
                continue
            gone = [t for t in part.old if t.number in lost]
            if gone:
                return True
            plain = [token for token in fresh if token.number not in _VAGUE]
            if plain and part.old and part.short and not any(t.number for t in part.old):
                return True
            if plain and close and not part.old and any(":" not in token.number for token in plain):
                return True
        return False

    def another_currency(self) -> bool:
        """Whether an amount is in another currency."""
        for part in self._parts:
            old, new = ({currency_of(token) for token in side} - {None} for side in part)
            if part.short and old and new and not old & new:
                return True
        return False

    def another_day(self) -> bool:
        """Whether a day of the week or a month stands in the place of another."""
        for days in (_days, _months):
            old, new = days(self._old), days(self._new)
            if new - old and old - new:
                return True
        return False

    def another_sense(self) -> bool:
        """Whether the new wording says no where the old one says yes, or one of two opposites for the other."""
        balance = 0
        for part in self._parts:
            if not part.short:
                continue
            old, new = (sum(token.role.negates for token in side) for side in part)
            if any(token.role.softly for side in part for token in side):  # `refused to` stands for `would not`
                old, new = (any(token.role.negates or token.role.softly for token in side) for side in part)
            balance += new - old
            if self._opposed(part):
                return True
        return balance != 0

    def _opposed(self, part: _Part) -> bool:
        old = {side for token in part.old for side in token.role.sides}
        new = {side for token in part.new for side in token.role.sides}
        if any(pair == other and side != its for pair, side in old - new for other, its in new - old):
            return True
        if len(part.old) == len(part.new) == 1:
            return self._words.turned(part.old[0].text, part.new[0].text)
        return False

    def another_event(self) -> bool:
        """Whether a word for a grave event, such as `resign`, stands in the place of another word that is none."""
        return any(
            part.old
            and part.short
            and not any(token.role.grave for token in part.old)
            and any(token.role.grave and not self._told(token) for token in part.new)
            for part in self._parts
        )

    def another_name(self, *, exact: bool = False) -> bool:
        """Whether a name that no earlier text has stands in the place of another; `exact`: another spelling is another."""
        for part in self._parts:
            if not part.old or not part.new or len(part.old) > _NAME_WORDS or len(part.new) > _NAME_WORDS:
                continue
            names = list(self._names(part.new, self._new))
            fresh = [token.text for token in names if not self._told(token)]
            if not fresh:
                continue
            old, new = [token.text for token in self._names(part.old, self._old)], [token.text for token in names]
            kept = {token.text for token in self._new}
            gone = [name for name in old if name not in kept]
            if not gone or _is_short_for(old, new) or _is_short_for(new, old) or _is_acronym(part):
                continue
            if exact or not any(same_name(a, b) for a in fresh for b in old):
                return True
        return False

    def other_words(self) -> bool:
        """Whether several words that no earlier text has stand in the place of several: where there are no capitals, a name."""
        for part in self._parts:
            if len(part.old) == len(part.new) > 1 and part.short and not any(map(self._told, part.new)):
                return all(token.role == Role() and not token.number for side in part for token in side)
        return False

    def another_word(self) -> bool:
        """Whether a word was put in, left out or put in the place of another: all there is to go by in an unknown language.

        Another spelling of a word is none, nor is another order, a clause that was cut, or what stands in brackets.
        """
        old, new = (Counter([token.text for token in one]) for one in (self._old, self._new))
        gained, lost = new - old, old - new
        for part in self._parts:
            if max(map(len, part)) > (_FEW_LETTERS if any(map(_is_letter, chain(*part))) else _FEW):
                continue
            fresh = [token for token in part.new if token.text in gained and not token.bracketed]
            gone = [token for token in part.old if token.text in lost and not token.bracketed]
            fresh, gone = _unlike(fresh, gone), _unlike(gone, fresh)
            if fresh and gone and len(fresh) == len(gone) == 1 and _is_letter(fresh[0]) and _is_letter(gone[0]):
                continue
            if fresh or (gone and len(part.old) <= (_FEW if _is_letter(gone[0]) else _WORD)):
                return True
        return False

    def _names(self, part: Sequence[Token], sentence: Sequence[Token]) -> Iterator[Token]:
        """Words with a capital that are names."""
        for token in part:
            if (
                not token.raw[:1].isupper()
                or token.number
                or token.role.day is not None
                or token.role.month is not None
            ):
                continue
            at = next(place for place, other in enumerate(sentence) if other is token)
            if at == 0:  # has a capital whatever it is
                continue
            if self._words.code == "de" and at and _takes_noun(sentence[at - 1]):
                continue
            yield token

    @cached_property
    def _deadly(self) -> bool:
        return any(token.role.dead for token in self._old)

    def more_facts(self, *, close: bool) -> bool:
        """Whether a clause with new facts was put in."""
        for part in self._parts:
            fresh = [t for t in part.new if not self._told(t) and not t.bracketed]
            if any(t.role.dead for t in fresh) and not any(t.role.grave for t in part.old) and not self._deadly:
                return True
            if len(part.new) < _CLAUSE or len(part.old) >= _CLAUSE:
                continue
            if close and any(t.number and t.number not in _VAGUE and ":" not in t.number for t in fresh):
                return True
        return False


def _unlike(some: Sequence[Token], others: Sequence[Token]) -> list[Token]:
    """Those that are no spelling of one of the others."""
    return [one for one in some if not any(_is_spelling(one, other) for other in others)]


def _is_spelling(one: Token, other: Token) -> bool:
    a, b = one.text, other.text
    if one.raw[:1].isupper() and other.raw[:1].isupper():
        return same_name(a, b)
    alike = min(len(a), len(b)) >= _NAME_WORDS and abs(len(a) - len(b)) <= 1
    return alike and SequenceMatcher(None, a, b, autojunk=False).ratio() >= _SPELT


def _is_letter(token: Token) -> bool:
    """Whether it is a letter with its marks, where there are no spaces between words."""
    return UNSPACED.match(token.text) is not None and sum(not is_mark(char) for char in token.text) == 1


def same_name(a: str, b: str) -> bool:
    """Whether two folded words may be spellings of one name."""
    if a == b or a.startswith(b[:_NAME_WORDS]) and b.startswith(a[:_NAME_WORDS]):  # noqa: RUF021
        return True
    return SequenceMatcher(None, _skeleton(a), _skeleton(b), autojunk=False).ratio() >= _ALIKE


_SOUNDS = str.maketrans(
    {"q": "k", "c": "k", "g": "k", "z": "s", "v": "w", "y": "i", "j": "i", "h": None, "e": "a", "o": "u"}
)


def _skeleton(name: str) -> str:
    plain = name.translate(_SOUNDS)
    return "".join(char for place, char in enumerate(plain) if place == 0 or char != plain[place - 1])


def _is_short_for(short: Sequence[str], long: Sequence[str]) -> bool:
    """`WHO` for `World Health Organization`."""
    initials = "".join(name[0] for name in long)
    return len(initials) > 1 and any(len(name) > 1 and name.startswith(initials[: len(name)]) for name in short)


def _is_acronym(part: _Part) -> bool:
    """`GOP` for `Republican`."""
    capitals = [any(len(t.raw) > 1 and t.raw.isupper() for t in side) for side in part]
    return capitals[0] != capitals[1]


def _numbers(tokens: Sequence[Token]) -> list[str]:
    return [token.number for token in tokens if token.number]


def _days(tokens: Sequence[Token]) -> frozenset[int]:
    return frozenset(t.role.day for t in tokens if t.role.day is not None and not t.number)


def _months(tokens: Sequence[Token]) -> frozenset[int]:
    return frozenset(t.role.month for t in tokens if t.role.month is not None and not t.number)


def _is_date(part: _Part) -> bool:
    """A date for a day of the week, or beside it."""
    months = any(t.role.month is not None for t in part.new)
    return months and not any(t.number for t in part.old)


_ARTICLES = frozenset(
    "der die das des dem den ein eine einen einem einer eines im am zum zur vom beim ins kein keine seine ihre ihr sein diese dieser dieses mit ohne für bei gegen wegen auf an durch über unter zwischen trotz während alle viele mehrere".split()
)


def _takes_noun(token: Token) -> bool:
    """Whether what follows a German word is a noun like any other."""
    return (
        token.number == "1"
        or token.text in _ARTICLES
        or (token.raw.islower() and token.text.endswith(("e", "en", "er", "es", "em")))
    )
