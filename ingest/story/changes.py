"""Whether a text says something that earlier texts of its story do not: sentence by sentence, word by word. Pure.

A sentence that stands in an earlier text, but for punctuation and case, tells nothing. One that is another wording of an
earlier sentence does where a number, a day, a name or its sense is another. Any other one does where it holds new facts.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, islice

from core.text.fold import fold
from ingest.parse.clean import is_boilerplate
from ingest.story.corrections import is_note
from ingest.story.frame import Frame
from ingest.story.numbers import UNSPACED, Token, Told, is_plain, tokens_of
from ingest.story.words import Language, Role, language_of

_TWIN = 0.6  # share of words that two wordings of one sentence have in common
_PART = 0.8  # the same, of the shorter of two, where one was cut or drawn out
_LEAST_WORDS = 3
_PART_WORDS = 5
_LINE_WORDS = 14  # a line about the outlet is no longer
_NEW = 0.5  # share of its telling words that are new, of a sentence with new facts
_SEVERAL = 3
_TELLING_LETTERS = 4
_STEM = 5  # letters by which a headline's word is known again: `drown`, `drowned`
_TOP = 3
_LEAD_WORDS = 6
_TITLE = 0.75  # share of words that two wordings of one headline have in common
_SPELLING = re.compile(
    "spell|misspel|typo|grammat|punctuat|caption|byline|formatting|broken link|schreibweise|tippfehler|rechtschreib|orthograph"
    "|coquille|faute de frappe|ortograf|ortografi|refuso|battitura|spelfout|typfout|stavfel|stavning|stavefejl|skrivefeil|kirjoitusvirhe"
    "|literowk|preklep|опечатк|орфограф|одрук|yazım hatası|imla|salah ketik|lỗi chính tả|ορθογραφ|gepeles|eliras|خطأ إملائي|خطأ مطبعي"
    "|สะกดผิด|বানান|எழுத்துப்பிழை|అక్షరదోష|правопис|pravopis|rašybos|korektūros klaid|pareizrakst|drukas kļūd|kirjavig|trükivig"
    "|ორთოგრაფ|ուղղագր|վրիպակ|orfoqraf|емле қате|tahajia|ejaan|ہجے|املا"
    "|錯字|错别字|誤字|脱字|오타|오기|वर्तनी|שגיאת כתיב|غلط املایی"
)
# Names of other scripts in Chinese, of which only what stands next to the point is sure to belong to them, and in katakana.
_FOREIGN_NAME = re.compile("[\u4e00-\u9fff]{2}[·‧][\u4e00-\u9fff]{2}|[ァ-ヶー]{2,}(?:[・＝][ァ-ヶー]{2,})+")
_FEW_LETTERS = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]")
_ROUGHLY = 0.4
_COSMETIC = 0.5
_LONGEST, _MOST_WORDS = 3000, 300  # characters and words of a sentence
_MOST_FRESH = 200  # sentences that are compared word by word; larger differences count as new sentences
_MOST_CORRECTED = 40
_MOST_CHANGED = 3  # sentences, and numbers, from which on a text is a template filled in again
_START = 60  # characters of a line that show what it is
_WITHIN_NUMBER = re.compile(r"[.,:/-](?<=\d.)(?=\d)")  # begins with what is rare
_SIGNS = " \t\u00a0.,;:!?\"'`´“”„‘’‚«»‹›()[]{}…-‐‑–—―−_*|/\\，。！？、；：「」『』（）【】·،؛؟।"
_DATELINE = re.compile(
    r"^[^.!?]{0,60}\([^)]{2,40}\)\s*[-–—:]+\s*|^[A-ZÀ-ÞА-Я][A-ZÀ-ÞА-Я .,'’/]{2,30}(?:, \w+\.? \d{1,2})?\s*[-–—]{1,2}\s+"
)


class Text:
    """The sentences of a text, the title first."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = sentences
        self._death: dict[str, bool] = {}

    @cached_property
    def keys(self) -> Sequence[str]:
        """Of each sentence its letters and figures in lower case, without spaces and the usual signs."""
        bare = _WITHIN_NUMBER.sub("\x01", "\n".join(self.sentences).casefold())
        for sign in _SIGNS:
            bare = bare.replace(sign, "")
        return bare.split("\n")

    @cached_property
    def _run(self) -> str:
        return "".join(self.keys)

    @cached_property
    def _borders(self) -> frozenset[int]:
        return frozenset(accumulate(map(len, self.keys), initial=0))

    def has(self, key: str) -> bool:
        """Whether a sentence stands here, or several make it up."""
        at = self._run.find(key)
        return at >= 0 and at in self._borders and at + len(key) in self._borders

    @cached_property
    def told(self) -> Told:
        return Told("\n".join(self.sentences))

    def tells_of_death(self, words: Language) -> bool:
        """Whether any of its sentences does, other than by saying that nobody died."""
        if words.code not in self._death:
            dead = _is_dead(self.told, words) and any(
                _is_dead(told, words) and not any(words.role(word).negates for word in told.words)
                for told in map(Told, self.sentences)
            )
            self._death[words.code] = dead
        return self._death[words.code]


@dataclass(frozen=True)
class Asked:
    """What is asked about a text. `lang`: as declared. `close`: it comes from the outlet of the text that it resembles, or
    says that it is a later version: what it adds is meant for readers of the earlier one. `corrects`: it says that it is a
    correction. `known`: whether other stories have the sentence at that place, too."""

    lang: str | None
    close: bool
    corrects: bool
    known: Callable[[int], bool]


def tells_news(new: Text, olds: Sequence[Text], asked: Asked) -> bool:
    """Whether a text tells something that none of the others does."""
    raw = frozenset(chain.from_iterable(old.sentences for old in olds))
    fresh = [place for place, sentence in enumerate(new.sentences) if sentence not in raw][:_MOST_FRESH]
    if not fresh:
        return False
    keys = frozenset(chain.from_iterable(old.keys for old in olds))
    fresh = [
        place
        for place in fresh
        if (key := new.keys[place]) and key not in keys and not any(old.has(key) for old in olds)
    ]
    return bool(fresh) and any(map(_Comparison(new, olds, asked).is_news, fresh))


class _Comparison:
    """The sentences of a text that others have not, against those of the others."""

    def __init__(self, new: Text, olds: Sequence[Text], asked: Asked) -> None:
        self._new, self._olds, self._asked = new, olds, asked
        self._words = language_of(" ".join(new.sentences), asked.lang)
        self._titles = list(dict.fromkeys(old.sentences[0] for old in olds))
        self._kept: dict[str, list[Token]] = {}

    @cached_property
    def _others(self) -> list[tuple[str, frozenset[str]]]:
        """The others' sentences that the new text has not, and roughly their words."""
        known = frozenset(self._new.keys[1:])  # the first sentence may stand there, too
        pairs = chain.from_iterable(list(zip(old.sentences, old.keys, strict=True))[1:] for old in self._olds)
        others = dict.fromkeys(one for one, key in pairs if key not in known)
        return [(one, _rough(one)) for one in islice(others, _MOST_FRESH)]

    def _tokens(self, sentence: str) -> list[Token]:
        if sentence not in self._kept:
            self._kept[sentence] = _tokens_of(sentence, self._words)
        return self._kept[sentence]

    def _is_told(self, token: Token) -> bool:
        """Whether it stands anywhere in the others."""
        return any(token in old.told for old in self._olds)

    @cached_property
    def _told_dead(self) -> bool:
        return any(old.tells_of_death(self._words) for old in self._olds)

    def is_news(self, place: int) -> bool:
        """Whether the sentence at a place tells what none of the others does."""
        if self._asked.known(place):
            return False
        sentence = self._new.sentences[place]
        if place == 0:
            return self._is_news_title(sentence)
        if place <= _TOP and self._is_known_behind_dateline(sentence):
            return False
        if is_note(sentence):
            return not _is_about_spelling(sentence)
        rough = _rough(sentence)
        others = [
            (other, their)
            for other, their in self._others
            if len(rough & their) >= _ROUGHLY * min(len(rough), len(their))
        ]
        if any(self._is_cosmetic(rough, their) for _, their in others):
            return False
        if not others and not self._asked.close and place > _TOP and self._told_dead:
            return False
        tokens = self._tokens(sentence)
        if not tokens or self._is_line(sentence, tokens):
            return False
        twins = self._twins(tokens, [other for other, _ in others])
        if twins:
            names = self._foreign_names(sentence)
            return all(self._turned(tokens, twin) for twin in twins) or bool(names and not names & self._told_names)
        return self._has_facts(place, tokens)

    def _is_news_title(self, title: str) -> bool:
        rough = _rough(title)
        old = [one for one in self._titles if len(rough & _rough(one)) >= _TWIN * len(rough)]
        tokens = self._tokens(title) if old else []
        twins = [one for one in map(self._tokens, old) if one and _shared(tokens, one) >= _TITLE]
        return bool(twins) and all(self._turned(tokens, twin, title=True) for twin in twins)

    def _is_known_behind_dateline(self, sentence: str) -> bool:
        key = Text([_DATELINE.sub("", sentence, count=1)]).keys[0]
        return bool(key) and any(old.has(key) for old in self._olds)

    def _is_cosmetic(self, words: frozenset[str], theirs: frozenset[str]) -> bool:
        """Whether two sentences differ in a few words that turn nothing. Quick: most copies differ in spelling alone."""
        fresh, gone = words - theirs, theirs - words
        if (
            self._words.unknown
            or not fresh
            or len(fresh) + len(gone) > _COSMETIC * len(words)
            or any(map(UNSPACED.search, fresh | gone))
        ):
            return False
        if not all(is_plain(word, self._words.code) for word in fresh | gone):
            return False
        ends = ((one, other) for one in fresh for other in gone if one[-3:] == other[-3:])
        return not any(self._words.turned(fold(one), fold(other)) for one, other in ends)

    def _twins(self, tokens: Sequence[Token], others: Sequence[str]) -> list[list[Token]]:
        """The earlier sentences of which this is another wording."""
        words, twins = Counter([token.text for token in tokens]), []
        for theirs in map(self._tokens, others):
            common, short, long = _common(words, theirs), *sorted((len(tokens), len(theirs)))
            if common >= _TWIN * long or (short >= _PART_WORDS and 3 * short >= long and common >= _PART * short):
                twins.append(theirs)
        return twins

    @staticmethod
    def _foreign_names(sentence: str) -> frozenset[str]:
        return frozenset(_FOREIGN_NAME.findall(sentence))

    @cached_property
    def _told_names(self) -> frozenset[str]:
        return frozenset(name for old in self._olds for one in old.sentences for name in self._foreign_names(one))

    def _turned(self, tokens: Sequence[Token], other: Sequence[Token], *, title: bool = False) -> bool:
        frame = Frame(other, tokens, self._words, self._is_told)
        if self._asked.close and (frame.another_event() or (self._words.caseless and frame.other_words())):
            return True
        if self._words.unknown and (self._asked.close or not title) and frame.another_word():
            return True
        if (
            frame.another_number(close=self._asked.close)
            or frame.another_day()
            or frame.another_sense()
            or frame.another_currency()
        ):
            return True
        return not title and (
            frame.another_name(exact=self._asked.corrects) or frame.more_facts(close=self._asked.close)
        )

    def _is_line(self, sentence: str, tokens: Sequence[Token]) -> bool:
        """Whether it is about the outlet or the page: a time stamp, a credit, a pointer."""
        start = sentence[:_START].strip(" \t\"'“”«»*•-–—").casefold()
        pointer = next((one for one in self._words.skipped if start.startswith(one)), None)
        if pointer is not None and (pointer.endswith(":") or start[len(pointer) :].lstrip().startswith((":", "|"))):
            return True
        if len(tokens) > _LINE_WORDS or any(token.role.dead for token in tokens):
            return False
        return pointer is not None or is_boilerplate(sentence)

    def _has_facts(self, place: int, tokens: Sequence[Token]) -> bool:
        """Whether a sentence that no earlier text has tells something new."""
        telling = [t for t in tokens if t.number or len(t.text) >= _TELLING_LETTERS or not t.text.isascii()]
        if UNSPACED.search(self._new.sentences[place]):
            telling = [*_pairs(self._new.keys[place]), *[t for t in tokens if t.number or t.role.grave]]
        fresh = [token for token in telling if not self._is_told(token)]
        if len(tokens) < _LEAST_WORDS or len(fresh) < _NEW * len(telling) or not fresh:
            return False
        grave = any(t.role.dead for t in fresh) and not self._told_dead
        if grave and any(t.number or t.raw[:1].isupper() for t in tokens):
            return True
        if self._asked.close:
            named = any(token.raw[:1].isupper() for token in fresh if token is not tokens[0])
            return grave or named or len(fresh) >= _SEVERAL or any(t.number or t.role.grave for t in fresh)
        return place <= _TOP and len(tokens) >= _LEAD_WORDS and self._is_headlined(fresh)

    def _is_headlined(self, fresh: Sequence[Token]) -> bool:
        """Whether the headline is new as well and tells of the same."""
        title = (*self._tokens(self._new.sentences[0]), *_pairs(self._new.keys[0]))
        new = {token.text[:_STEM] for token in title if _is_telling(token) and not self._is_told(token)}
        return any(_is_telling(token) and token.text[:_STEM] in new for token in fresh)


def _is_telling(token: Token) -> bool:
    return len(token.text) >= _TELLING_LETTERS or UNSPACED.match(token.text) is not None


def _pairs(key: str) -> Iterator[Token]:
    """What stands for words where there are no spaces between them: two characters each, three of scripts of few letters."""
    width = 3 if _FEW_LETTERS.search(key) else 2
    for pair in dict.fromkeys(key[place : place + width] for place in range(len(key) - width + 1)):
        if UNSPACED.match(pair):
            yield Token(pair, pair, Role())


def _is_dead(told: Told, words: Language) -> bool:
    unspaced = words.known.findall(told.unspaced) if told.unspaced else ()
    return any(words.role(word).dead for word in chain(told.words, unspaced))


def is_same_frame(new: Text, old: Text, lang: str | None, *, corrects: bool = False) -> bool:
    """Whether two texts are word for word the same but for a number or a day or two: one of them was set right, or written otherwise.

    A template that is filled in again differs in more. `corrects`: the new one says that it is a correction, so what else
    differs may be set right, too.
    """
    known, others = frozenset(old.keys), frozenset(new.keys)
    fresh = [one for one, key in zip(new.sentences, new.keys, strict=True) if key not in known]
    gone = [one for one, key in zip(old.sentences, old.keys, strict=True) if key not in others]
    words, changed = language_of(" ".join(new.sentences), lang), 0

    if corrects:
        if len(fresh) + len(gone) > _MOST_CORRECTED:
            return False
        kept = [_tokens_of(one, words) for one in fresh if not is_note(one)]
        gone = [one for one in gone if one != old.sentences[0]]
        return all(any(_shared(_tokens_of(one, words), other) >= _TWIN for other in kept if other) for one in gone)
    if len(fresh) != len(gone) or not fresh or len(fresh) > _MOST_CHANGED:
        return False
    for one, other in zip(fresh, gone, strict=True):
        a, b = _tokens_of(one, words), _tokens_of(other, words)
        differ = [(x, y) for x, y in zip(a, b, strict=False) if x.text != y.text]
        if len(a) != len(b) or not all((x.number and y.number) or _are_dates(x, y) for x, y in differ):
            return False
        changed += len(differ)
    return changed < _MOST_CHANGED


def _are_dates(one: Token, other: Token) -> bool:
    """Whether both are days of the week, or both months."""
    days, months = (one.role.day, other.role.day), (one.role.month, other.role.month)
    return None not in days or None not in months


def _tokens_of(sentence: str, words: Language) -> list[Token]:
    """The words behind the dateline. A sentence that does not end is looked at as far as a long one goes."""
    return tokens_of(_DATELINE.sub("", sentence[:_LONGEST], count=1), words)[:_MOST_WORDS]


def _common(words: Counter[str], other: Sequence[Token]) -> int:
    return sum((words & Counter(token.text for token in other)).values())


def _shared(tokens: Sequence[Token], other: Sequence[Token]) -> float:
    return _common(Counter(token.text for token in tokens), other) / max(len(tokens), len(other))


def _is_about_spelling(note: str) -> bool:
    return _SPELLING.search(note.casefold()) is not None


def _rough(sentence: str) -> frozenset[str]:
    """Its words as they stand, or characters where there are no spaces between words."""
    return frozenset(sentence if UNSPACED.search(sentence) else sentence.split())
