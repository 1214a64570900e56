"""How names that no list has are inflected: by their endings, in the singular.

A line of a table is an ending and what may stand in its place; the longest ending that fits counts, `""` fits every name. Endings
are looked for without regard to marks where the key has none.
"""

from collections.abc import Iterator, Mapping

Endings = Mapping[str, str]


def names_by(table: Endings, word: str) -> Iterator[str]:
    """The forms of a name."""
    for size in range(min(len(word) - 1, 5), -1, -1):
        ending = word[len(word) - size :].lower()
        if ending in table:
            yield from (word[: len(word) - size] + other.replace("-", "") for other in table[ending].split())
            return


def _each(letters: str, endings: str) -> Endings:
    """The same endings behind each of some letters."""
    return {letter: " ".join((letter, *(letter + ending for ending in endings.split()))) for letter in letters}


SLOVENE: Endings = {
    "": "- a u om",
    **_each("čšžcj", "a u em"),
    "ec": "ec ca cu cem",
    "ek": "ek ka ku kom",
    "er": "er erja erju erjem ra ru rom",
    "r": "r rja rju rjem ra ru rom",
    "a": "a e i o",
    "o": "o a u om",
    "i": "i ija iju ijem ega emu im em",
    "ski": "ski skega skemu skim skem",
    "y": "y yja yju yjem",
    "e": "e eja eju ejem",
    "in": "in ina inu inom",
}
SERBO_CROATIAN: Endings = {
    "": "- a u om e",
    **_each("kgh", "a u om"),
    **_each("čćšžđjc", "a u em e"),
    **_each("бвгдзклмнпрстфх", "а у ом е"),
    **_each("чћшжђјцљњџ", "а у ем е"),
    "ac": "ac ca cu cem če",
    "ац": "ац ца цу цем че",
    "a": "a e i u o om",
    "ka": "ka ke ki ci ku ko kom",
    "а": "а е и у о ом",
    "ка": "ка ке ки ци ку ко ком",
    "o": "o a u om",
    "о": "о а у ом",
    "e": "e a u om em",
    "е": "е а у ом ем",
    "i": "i ija iju ijem",
    "и": "и ија ију ијем",
    "ski": "ski skog skoga skom skome skomu skim",
    "ски": "ски ског скога ском скоме скому ским",
    "y": "y yja yju yjem",
    "ija": "ija ije iji iju ijo ijom",
    "ија": "ија ије ији ију ијо ијом",
}
LITHUANIAN: Endings = {
    "as": "as o ui ą u e ai",
    "is": "is io iui į iu yje i",
    "ys": "ys io iui į iu yje y",
    "us": "us aus ui ų umi uje au",
    "ius": "ius iaus iui ių iumi iuje iau",
    "tis": "tis čio čiui tį čiu tyje ti",
    "dis": "dis džio džiui dį džiu dyje di",
    "a": "a os ai ą oje",
    "ė": "ė ės ei ę ėje e",
    "ia": "ia ios iai ią ioje",
    "ija": "ija ijos ijai iją ijoje",
    "": "- as o ui ą u e",
}
GREEK: Endings = {
    "ος": "ος ου ο ε",
    "ός": "ός ού ό έ",
    "ας": "ας α",
    "άς": "άς ά",
    "ης": "ης η",
    "ής": "ής ή",
    "ις": "ις ι ης",
    "α": "α ας",
    "ά": "ά άς",
    "η": "η ης",
    "ή": "ή ής",
    "ο": "ο ου",
    "ό": "ό ού",
    "ώ": "ώ ώς",
    "ω": "ω ως",
    "": "-",
}
ROMANIAN: Endings = {
    "": "- ul ului",
    "a": "a ei",
    "ea": "ea ei eii",
    "ia": "ia iei",
    "ca": "ca căi cei",
    "ga": "ga găi gii",
    "u": "u ul ului",
    "o": "o oului",
    "e": "e ei",
    "i": "i iul iului",
    "ă": "ă a ei",
}
GENITIVE: Endings = {"": "- s", **{ending: ending for ending in ("s", "x", "z", "ß")}}
ENGLISH: Endings = {
    "": "- s",
    **{ending: f"{ending} {ending}es" for ending in ("s", "x", "z", "ch", "sh")},
    **{ending: ending for ending in ("ia", "ine", "land", "stan", "ish", "ese")},  # countries; of peoples
    **{ending: f"{ending} {ending[:-2]}en" for ending in ("shman", "chman", "tsman", "woman")},
}
GERMAN: Endings = {
    **GENITIVE,
    **{ending: ending for ending in ("ung", "heit", "keit", "ion", "tät", "ik", "in")},
    "lin": "lin lins",
    "tin": "tin tins",
}
DUTCH: Endings = {**GENITIVE, "sman": "sman sen"}
UNCHANGED: Endings = {"": "-"}
_ESTONIAN_CASES = "t le l lt s st sse ga ks ta na ni"
ESTONIAN: Endings = {
    "": "- i it ile il ilt is ist isse iga iks ita ina ini",
    **_each("aeiouõäöüy", _ESTONIAN_CASES),
    "aa": f"aa {' '.join('aa' + case for case in ('d', *_ESTONIAN_CASES.split()))}",
}
