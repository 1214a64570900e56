"""The forms of words that a rule looks for, as the API has them."""

from collections.abc import Iterable, Sequence
from typing import Self

from alerts.rules.form_lists import FormList
from alerts.rules.forms.form import Form
from wirewatch.api.model import Model


class FormModel(Model):
    """`guessed`: no dictionary has it, its ending suggests it. `struck`: the rule leaves it out."""

    text: str
    guessed: bool
    struck: bool

    @classmethod
    def of_shown(cls, shown: Iterable[tuple[Form, bool]]) -> "list[FormModel]":
        return [cls(text=one.text, guessed=one.guessed, struck=struck) for one, struck in shown]


class FormsBesideModel(Model):
    """Forms that are looked for in articles of each of these languages, and in no other. `many`: how many; `forms`: the first of them."""

    langs: Sequence[str]
    many: int
    forms: Sequence[FormModel]


class FormsModel(Model):
    """What one `forms(...)` of the rule looks for. `langs`: the languages taken; `told`: from the letters of the words, as the rule says
    none. `many`: how many forms are looked for in every article; `forms`: the first 200 of them, and those left out. `beside`: further
    ones in articles of other languages, 200 in all."""

    start: int
    end: int
    text: str
    langs: Sequence[str]
    told: bool
    many: int
    forms: Sequence[FormModel]
    beside: Sequence[FormsBesideModel]

    @classmethod
    def of_list(cls, found: FormList) -> Self:
        return cls(
            start=found.start,
            end=found.end,
            text=found.text,
            langs=found.langs,
            told=found.told,
            many=found.many,
            forms=FormModel.of_shown(found.shown),
            beside=[
                FormsBesideModel(langs=one.langs, many=one.many, forms=FormModel.of_shown(one.shown))
                for one in found.beside
            ],
        )
