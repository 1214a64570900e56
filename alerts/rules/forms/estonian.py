"""What a list of Estonian forms lacks, and what it has too much. Pure."""

from collections.abc import Iterable, Iterator

from alerts.rules.forms.form import Form
from alerts.rules.forms.name_endings import ESTONIAN, names_by
from alerts.rules.forms.word_list import WordList

_VOWELS = "aeiouõäöü"
_CASES = ("sse", "st", "le", "lt", "ks", "s", "l")  # the longer first


def mended(head: str, found: Iterable[Form], _: WordList) -> Iterator[Form]:
    """The forms of a headword: a name in a vowel has every case. Cases of a stem that has no other forms are left out: they are of the
    short plural, which newspapers do without, and mostly other words (`piires`, "within"; `linnus`, a castle)."""
    forms = tuple(found)
    made = {form.text for form in forms}
    yield from (form for form in forms if not _of_short_plural(form.text, head, made))
    if head[:1].isupper() and head[-1] in _VOWELS:
        yield from (Form(name, guessed=True) for name in names_by(ESTONIAN, head))


def _of_short_plural(form: str, head: str, made: set[str]) -> bool:
    ending = next((case for case in _CASES if form.endswith(case)), None)
    if ending is None or head[:1].isupper() or form in (head, head + "t", head + "se"):  # seadust, seadusse
        return False
    stem = form[: -len(ending)]
    return len(stem) >= len(head) and stem[-1] in _VOWELS and stem + "ga" not in made and stem + "d" not in made
