"""Messages of pydantic on the length of a text."""

from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from core.size_words import in_our_words


@pytest.mark.parametrize(
    ("least", "most", "given", "said"),
    [
        (1, 9, "", "expected a text, and it is empty"),
        (2, 9, "a", "expected at least 2 characters"),
        (0, 1, "ab", "expected at most 1 character"),
        (0, 1000, "a" * 1001, "expected at most 1,000 characters"),
    ],
)
def test_the_length_of_a_text_is_told_in_our_words(least: int, most: int, given: str, said: str) -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(Annotated[str, Field(min_length=least, max_length=most)]).validate_python(given)
    assert in_our_words(raised.value.errors()[0]["msg"]) == said


def test_other_messages_stay() -> None:
    assert in_our_words("Value error, no such zone") == "no such zone"
