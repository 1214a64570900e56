"""Latvian forms, by the declensions: its nouns and names show theirs by the last letters. The list tells only what a form is of."""

from collections.abc import Iterator

from alerts.rules.forms.form import Form
from alerts.rules.forms.kept_lists import word_list
from alerts.rules.forms.listed_words import headwords

_SOFTENED = (
    ("ll", "ļļ"),
    ("nn", "ņņ"),
    ("ln", "ļņ"),
    ("sn", "šņ"),
    ("zn", "žņ"),
    *zip("bpmv", ("bj", "pj", "mj", "vj"), strict=True),
    *zip("lndtcsz", "ļņžščšž", strict=True),
)
_SIXTH = frozenset(
    "valsts nakts pils sirds zivs govs acs auss pirts vēsts klēts krāsns uguns zoss debess telts krūts nāss".split()
)
# Ending of the headword; endings of the forms; `~` before an ending: behind the softened stem.
_DECLENSIONS = (
    ("ais", "ais ā ajam o ajā ie ajiem os ajos ajai ās ajām ajās"),
    ("ās", "ās"),
    ("šana", "šana šanas šanai šanu šanā šanām šanās"),
    ("is", "is ~a im i ī ~i ~u ~iem ~us ~os"),
    ("us", "us um u ū"),
    ("as", "as u ām ās"),
    ("š", "š a am u ā i iem us os"),
    ("s", "s a am u ā i iem us os"),
    ("a", "a as ai u ā ām ās"),
    ("e", "e es ei i ē ~u ēm ēs"),
    ("i", "i u iem us os"),
)
_BY_SIXTH = "s ij i ī is ~u īm īs"
_UNSOFTENED = frozenset("valsts acs auss debess zoss vēsts telts".split())
_OF_MEN = {"a": "am", "e": "em"}  # the dative of a man's name


def forms(word: str) -> Iterator[Form]:
    """The forms of a noun or a name; those of a word that no list has are guessed."""
    heads = [] if word.isupper() else headwords(word, word_list("lv"))
    for head in heads or [word]:
        for text in _declined(head):
            yield Form(text, guessed=not heads)


def _declined(head: str) -> Iterator[str]:
    if head.isupper():
        return
    if head.lower() in _SIXTH:
        yield from _with(head[:-1], _BY_SIXTH.replace("~", "") if head.lower() in _UNSOFTENED else _BY_SIXTH)
        return
    for ending, endings in _DECLENSIONS:
        if head.endswith(ending) and len(head) > len(ending) + 1:
            yield from _with(head[: -len(ending)], endings)
            if head[:1].isupper() and ending in _OF_MEN and not head.endswith("ija"):
                yield head[:-1] + _OF_MEN[ending]
            if ending == "is":  # names as often as not keep their letters: Zelenskis, Zelenska
                yield from _with(head[:-2], "a u i iem us os")
            return


def _with(stem: str, endings: str) -> Iterator[str]:
    soft = next((stem[: -len(hard)] + its for hard, its in _SOFTENED if stem.endswith(hard)), stem)
    for ending in endings.split():
        yield soft + ending[1:] if ending.startswith("~") else stem + ending
