"""Paragraphs that a site puts under many of its stories, as hashes: found in a text, and left out of it. Pure."""

from hashlib import blake2b

from ingest.parse.shapes import HostPatterns

LEAST_CHARACTERS = 20  # of a paragraph; "He said:" may well stand in many articles
_SHOWN = 120


def block_of(paragraph: str) -> int:
    """A paragraph as 63 bits: the same for the same words, whatever the case and the spaces."""
    return _digest(paragraph, 8) >> 1


def key_of(text: str) -> int:
    """A title or an address as 40 bits."""
    return _digest(text, 5)


def _digest(text: str, size: int) -> int:
    words = " ".join(text.casefold().split())
    return int.from_bytes(blake2b(words.encode("utf-8", "surrogatepass"), digest_size=size).digest(), "big")


def blocks_of(text: str) -> dict[int, str]:
    """The paragraphs of a text that may be a site's, and the beginning of each."""
    return {block_of(one): one[:_SHOWN] for one in text.split("\n\n") if len(one) >= LEAST_CHARACTERS}


def without_repeated(text: str, host: HostPatterns) -> tuple[str, tuple[int, ...]]:
    """The text without the host's repeated paragraphs, and those that were left out. A text of nothing else stays."""
    if not host.blocks:
        return text, ()
    kept: list[str] = []
    left_out: list[int] = []
    for paragraph in text.split("\n\n"):
        block = block_of(paragraph)
        if len(paragraph) >= LEAST_CHARACTERS and block in host.blocks:
            left_out.append(block)
        else:
            kept.append(paragraph)
    return ("\n\n".join(kept), tuple(left_out)) if kept else (text, ())
