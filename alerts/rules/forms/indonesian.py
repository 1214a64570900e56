"""Indonesian and Malay nouns and names: what is written together behind a word, its possessor and what stresses it. Pure; the word as
typed comes first. A word that is doubled with a hyphen (`negara-negara`) is two words; derived ones (`negarawan`) are other words.
"""

_LEAST = 3
_OWNERS = ("", "nya", "ku", "mu")
_PARTICLES = ("", "lah", "kah", "pun")


def forms(word: str) -> tuple[str, ...]:
    """The word and its forms."""
    if len(word) < _LEAST or not word.isalpha():
        return (word,)
    return tuple(word + owner + particle for owner in _OWNERS for particle in _PARTICLES)


def phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a phrase: the last word alone has something behind it (`menteri luar negerinya`)."""
    head = " ".join(words[:-1])
    return tuple(f"{head} {form}".strip() for form in forms(words[-1]))
