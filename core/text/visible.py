"""Text from outside made harmless for where people read it: no character steers a terminal, breaks a line or turns one round.

One function for each place: `one_line` and `lines` for terminals, logs and chats, `json_text` for JSON, where nothing
may be lost, `references` for XML and TOML. What is data (a webhook's body, a record) is not touched by them.
"""

import re

# What a terminal obeys and what ends a line: C0, DEL, C1 (CSI is U+009B), the separators of lines and paragraphs.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029"
# What is not seen and changes what is: marks, embeddings, overrides and isolates of direction, blanks without width, tags,
# and what UTF-8 cannot carry. The joiners U+200C and U+200D stay: Persian, Hindi and emoji are spelt with them.
_UNSEEN = "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
_SURROGATES = "\ud800-\udfff"

_CONTROL = re.compile(f"[{_CONTROLS}]")
_CONTROL_BUT_LINE_END = re.compile(f"(?!\n)[{_CONTROLS}]")
_DROPPED = re.compile(f"[{_UNSEEN}]+")
_SURROGATE = re.compile(f"[{_SURROGATES}]")
_IN_JSON = re.compile(f"[\x7f-\x9f\u2028\u2029{_UNSEEN}]")


def one_line(text: str) -> str:
    """The text in one line: control characters and line ends are blanks, what is unseen is gone."""
    if text.isascii() and text.isprintable():
        return text
    return _SURROGATE.sub("\ufffd", _DROPPED.sub("", _CONTROL.sub(" ", text)))


def lines(text: str) -> str:
    """The same, but line ends stay, as `\\n`."""
    text = text.replace("\r\n", "\n")
    return _SURROGATE.sub("\ufffd", _DROPPED.sub("", _CONTROL_BUT_LINE_END.sub(" ", text)))


def json_text(encoded: str) -> str:
    """JSON of the same value in which such characters are written as escapes (RFC 8259 section 7)."""
    if encoded.isascii() and "\x7f" not in encoded:
        return encoded
    return _IN_JSON.sub(lambda found: _escaped(found[0]), encoded)


def references(text: str, form: str) -> str:
    """Text in which such characters are written as references of a format, such as `&#x{:x};`, so that nothing is lost."""
    return _IN_JSON.sub(lambda found: form.format(ord(found[0])), text)


def _escaped(character: str) -> str:
    point = ord(character)
    if point <= 0xFFFF:
        return f"\\u{point:04x}"
    point -= 0x10000
    return f"\\u{0xD800 + (point >> 10):04x}\\u{0xDC00 + (point & 0x3FF):04x}"
