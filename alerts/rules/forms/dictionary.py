"""The inflected forms of a word or phrase."""


def forms_of(text: str, lang: str | None) -> tuple[str, ...]:  # noqa: ARG001 - no language has a dictionary yet
    """The forms, the word as typed first."""
    return (text,)
