"""Hungarian nouns and names: the cases of both numbers, the possessors that newspapers use, and their cases. Pure; the word as typed
comes first.

Where an ending does not say which vowel links it (`házak`, `országok`) or which harmony a word of mixed vowels has (`Putyinnal`,
`Putyinnel`), both are made: one of them is no word. Adjectives made of names (`moszkvai`) are other words.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzáéíóöőúüűäåčćšžřëèêçñ")
_BACK, _FRONT, _ROUNDED = "aáoóuú", "eéiíäèêë", "öőüű"
_VOWELS = _BACK + _FRONT + _ROUNDED + "å"
_DIGRAPHS = ("dzs", "sz", "zs", "cs", "gy", "ny", "ty", "ly", "dz")
_LONG = {"a": "á", "e": "é"}

# Stems before an ending that begins with a vowel: the vowel of the last syllable is lost, or is short, or a `v` comes.
_STEMS = dict(
    pair.split("/")
    for pair in """
    dolog/dolg álom/álm bokor/bokr szobor/szobr terem/term tükör/tükr torony/torny titok/titk cukor/cukr gyomor/gyomr sátor/sátr
    fogoly/fogly lélek/lelk méreg/mérg iker/ikr eper/epr ökör/ökr majom/majm ajak/ajk sarok/sark kazal/kazl kölyök/kölyk
    út/ut híd/hid nyár/nyar kéz/kez víz/viz név/nev levél/level hét/het tűz/tüz szél/szel tél/tel madár/madar pohár/pohar kosár/kosar
    sugár/sugar kút/kut szekér/szeker tehén/tehen ég/eg jég/jeg úr/ur kerék/kerek bogár/bogar kenyér/kenyer gyökér/gyöker egér/eger
    ló/lov tó/tav szó/szav hó/hav kő/köv mű/műv fű/füv cső/csöv közép/közep falu/falv derék/derek nyúl/nyul veréb/vereb
    """.split()
)
_STEMS_IN_OM = ("alom", "elem")  # hatalom, hatalmat
# With the possessor of the third person: idő, ideje.
_POSSESSED = dict(
    pair.split("/")
    for pair in """
    idő/ideje erő/ereje erdő/erdeje mező/mezeje tető/teteje ajtó/ajtaja apa/apja anya/anyja fiú/fia báty/bátyja néni/nénje
    haderő/hadereje légierő/légiereje
    """.split()
)
_BACK_NEVERTHELESS = frozenset("híd díj cél hír nyíl sír derék férfi kín zsír héj".split())
_LEAST, _LEAST_PERSONAL = 2, 5


@dataclass(frozen=True, slots=True)
class Harmony:
    """The endings of a harmony: of the cases, with `V` for a doubled last consonant (`-val`), and the vowels that link."""

    cases: tuple[str, ...]
    links: tuple[str, ...]
    low: str  # the vowel of the possessor: a, e
    high: str  # u, ü
    on: tuple[str, ...]


_BACK_HARMONY = Harmony(
    tuple("ban ba ból nak nál ra ról tól hoz ig ért ként Val Vá kor".split()), ("o", "a"), "a", "u", ("on",)
)
_FRONT_HARMONY = Harmony(
    tuple("ben be ből nek nél re ről től hez höz ig ért ként Vel Vé kor".split()), ("e", "ö"), "e", "ü", ("en", "ön")
)


def forms(word: str) -> tuple[str, ...]:
    """The word and its forms."""
    low = word.lower()
    if len(low) < _LEAST or not set(low) <= _LETTERS or not any(letter in _VOWELS for letter in low):
        return (word,)
    made: dict[str, None] = {}
    for harmony in _harmonies(low):
        made |= dict.fromkeys(_inflected(low, harmony, name=word[0].isupper()))
    return tuple(dict.fromkeys((word, *(word[0] + form[1:] for form in made))))


def phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a phrase: the last word alone is inflected (`Magyar Nemzeti Bankot`)."""
    head = " ".join(words[:-1])
    return tuple(f"{head} {form}".strip() for form in forms(words[-1]))


def _harmonies(low: str) -> tuple[Harmony, ...]:
    vowels = [letter for letter in low if letter in _VOWELS]
    if vowels[-1] in _BACK:
        return (_BACK_HARMONY,)
    if vowels[-1] in _ROUNDED or not any(letter in _BACK for letter in vowels):
        return (_FRONT_HARMONY, _BACK_HARMONY) if low in _BACK_NEVERTHELESS else (_FRONT_HARMONY,)
    return (_BACK_HARMONY, _FRONT_HARMONY)


def _inflected(low: str, harmony: Harmony, *, name: bool) -> Iterator[str]:
    base = low[:-1] + _LONG.get(low[-1], low[-1])
    stem = _stem(low)
    yield from _cases(base, harmony)
    yield from (low + case for case in ("ként", "kor"))
    if stem != low:
        yield from _linked(stem, "t", harmony)
        yield stem + harmony.on[0]
    vowel = base[-1] in _VOWELS and stem == low
    for plural in [base + "k"] if vowel else list(_linked(stem, "k", harmony)):
        yield from _of_closed(plural, harmony)
    for possessed in _possessed(low, stem, base, harmony):
        yield possessed
        yield possessed + "ként"
        yield from _cases(possessed[:-1] + _LONG.get(possessed[-1], possessed[-1]), harmony)
    for owned in _owned_by_several(low, stem, base, harmony):
        yield from _of_closed(owned, harmony)
    if not name:
        yield from _many_owned(low, stem, base, harmony)


def _possessed(low: str, stem: str, base: str, harmony: Harmony) -> tuple[str, ...]:
    """`háza`, `kormánya`, `háborúja`."""
    if low in _POSSESSED:
        return (_POSSESSED[low],)
    after_vowel = (base + "j" + harmony.low,) if base[-1] in _VOWELS else ()
    return after_vowel if after_vowel and stem == low else (stem + harmony.low, stem + "j" + harmony.low, *after_vowel)


def _owned_by_several(low: str, stem: str, base: str, harmony: Harmony) -> tuple[str, ...]:
    """`házunk`, `házuk`, and `házam` of longer words."""
    high = harmony.high
    if low in _POSSESSED:
        return (_POSSESSED[low][:-1] + high + "k", base + "nk")
    if base[-1] in _VOWELS and stem == low:
        return (base + "nk", base + "j" + high + "k", *((base + "m",) if low[-1] in _LONG else ()))
    mine = tuple(stem + link + "m" for link in harmony.links) if len(low) >= _LEAST_PERSONAL else ()
    return (stem + high + "nk", stem + high + "k", stem + "j" + high + "k", *mine)


def _many_owned(low: str, stem: str, base: str, harmony: Harmony) -> Iterator[str]:
    """`házai`, `kormányai`, `háborúi`. Not `katonái`, which is folded to what `katonai` is: "military"."""
    vowel = base[-1] in _VOWELS and stem == low
    for several in (base + "i",) if vowel else (stem + harmony.low + "i", stem + "j" + harmony.low + "i"):
        if low[-1] not in _LONG:
            yield several
        yield from _cases(several, harmony)
        for owner in ("k", "nk", "m"):
            yield from _of_closed(several + owner, harmony)


def _stem(low: str) -> str:
    """Before an ending that begins with a vowel."""
    for word, stem in _STEMS.items():
        if low == word or (len(word) > _LEAST + 1 and low.endswith(word)):
            return low[: len(low) - len(word)] + stem
    if low.endswith(_STEMS_IN_OM) and len(low) > len("elem"):
        return low[:-2] + low[-1]
    return low


def _cases(base: str, harmony: Harmony) -> Iterator[str]:
    """The cases after a stem."""
    vowel = base[-1] in _VOWELS
    if vowel:
        yield from (base + "t", base + "n")
    else:
        yield base + "t"
        yield from _linked(base, "t", harmony)
        yield from (base + on for on in harmony.on)
    for case in harmony.cases:
        if case[0] != "V":
            yield base + case
        elif vowel:
            yield base + "v" + case[1:]
        else:
            yield _doubled(base) + case[1:]
            if base[-1] == "y" and base[-2:] not in _DIGRAPHS:
                yield base + "v" + case[1:]


def _of_closed(base: str, harmony: Harmony) -> Iterator[str]:
    """The cases of what ends in `k`, `nk`, `m`: a plural, a possessor."""
    yield base
    yield from (base + harmony.low + "t", base + harmony.on[0])
    yield from (base + case if case[0] != "V" else base + base[-1] + case[1:] for case in harmony.cases)


def _linked(stem: str, ending: str, harmony: Harmony) -> Iterator[str]:
    yield from (stem + link + ending for link in harmony.links)


def _doubled(base: str) -> str:
    for letters in _DIGRAPHS:
        if base.endswith(letters):
            return base[: len(base) - len(letters)] + letters[0] + letters
    return base if base[-2:-1] == base[-1] else base + base[-1]
