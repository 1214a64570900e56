"""From bytes to text, as browsers read the web, and where a publisher is wrong about its own bytes, better. Pure.

Labels are those of the WHATWG Encoding standard. The bytes decide: a claim holds only where it fits them. A byte that is no
character costs itself, never its neighbours, and becomes U+FFFD.
"""

import codecs
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice

import chardet
import webencodings

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Where the zeros stand among the first bytes of markup with two or four bytes a character.
_WIDE = {(0, 1): "utf-16-le", (1, 0): "utf-16-be", (0, 1, 1, 1): "utf-32-le", (1, 1, 1, 0): "utf-32-be"}
_WIDE_LOOKED_AT = 64
_REPLACED = "\ufffd".encode()  # by somebody before us
_SAYS_NOTHING = "cp1252"  # Latin-1, ASCII and the like: what software claims that knows nothing
# Python's name for what the standard's decoder does; where it has none, the nearest larger set.
_CODECS = {"gbk": "gb18030", "euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp_ext", "x-user-defined": "cp1252"}
# Labels that the standard does not know or gives up, and the web uses.
_STRAYS = {"iso-2022-kr": "iso2022_kr", "hz-gb-2312": "hz", "csiso2022kr": "iso2022_kr", "cn-gb": "gb18030",
    "euckr": "cp949", "uhc": "cp949", "ms949": "cp949", "sjis-win": "cp932", "eucjp": "euc_jp", "eucjp-win": "euc_jp",
    "utf8mb4": "utf-8", "utf-8-sig": "utf-8", "utf_8": "utf-8", "big5-eten": "big5hkscs", "big5hkscs": "big5hkscs", "latin-1": "cp1252"}  # fmt: skip
_SPELLING = re.compile(r"^(?:win|windows|cp|ms|x-cp|ibm)[-_ ]?(8(?:66|74)|93[26]|949|950|125[0-8])$")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9_.:-]+)")
_META_CHARSET = re.compile(rb"<meta\s[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_XML_HEAD = 4096  # bytes in which an XML declaration stands, whatever the server prints before it
_META_HEAD = 1 << 20  # and a <meta>: behind whole scripts
_MOST_METAS = 4
_HIGH = re.compile(rb"[\x80-\xff]")
_ESCAPED = re.compile(rb"\x1b(?:\$[@AB]|\$\)C|\([BIJ])")
_AROUND = 12  # bytes of ASCII that statistics see on both sides of others
_RUN = re.compile(rb"[^<>\x80-\xff]{0,12}+[\x80-\xff]+(?:[^<>\x80-\xff]{1,12}+[\x80-\xff]+)*+[^<>\x80-\xff]{0,12}")
_BREAK = re.compile(rb"[<\n ]")
_PIECE, _SAMPLE = 300, 6000  # bytes
_ASCII = bytes(range(0x80))
_OF_NOBODY = re.compile("[\x80\xa0\uf8f0-\uf8f3]")  # what Python reads single bytes as that are nothing in windows-31j
_SIGNS = "\xa0€…‘’“”•–—™£§©«®°·»".encode("cp1252")
# What a text without a true claim may be in: what the web has used, less what can hardly be told from these.
_GUESSED = ("gb18030", "big5", "euc-jp", "euc-kr", "shift_jis", "koi8-r", "koi8-u", "cp866", "cp874", "iso-8859-2",
    "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-13", *(f"cp125{n}" for n in range(9)))  # fmt: skip
_STANDS = 0.6  # of the best guess's likelihood: so much of it, and a claim stands
_LATIN = {"cp1250", "cp1254", "cp1257", "iso8859-2", "iso8859-13"}
_FEW = 6  # characters, which tell no Latin alphabet from another
_SURE = 0.15  # likelihood of what can be nothing else
_DEFAULT_STANDS = 0.8  # the same for what says nothing
_SEEN_AS = {"euc_jis_2004": "euc_jp", "shift_jis_2004": "cp932", "euc_kr": "cp949"}  # by its library
_ESCAPING = {"iso2022_jp_ext", "iso2022_kr", "hz"}
# Two bytes a character, and how many bytes beyond ASCII a character has at least: the second may be ASCII.
_PAIRS = {"gb18030": 1.7, "cp949": 1.7, "euc_jp": 1.7, "big5hkscs": 1.3, "cp932": 1.25}
_MOST_MENDED = 100_000  # bad bytes that are looked at one by one
_MOST_ACCIDENTS = 8  # characters: so few may be valid UTF-8 by chance


def codec_of(label: str) -> str | None:
    """Python's codec for a label as headers and documents have it; None if it names no encoding of the web."""
    name = label.strip().lower()
    if name in _STRAYS:
        return _STRAYS[name]
    found = webencodings.lookup(name)
    if found is None:
        spelled = _SPELLING.match(name) or re.match(r"^(iso)[-_ ]?(8859)[-_ ]?(\d{1,2})$", name)
        if spelled:
            found = webencodings.lookup(f"iso-8859-{spelled[3]}" if spelled[1] == "iso" else _of_number(spelled[1]))
    if found is None or found.name == "replacement":
        return None
    return _CODECS.get(found.name) or found.codec_info.name


def _of_number(page: str) -> str:
    return {"932": "shift_jis", "936": "gbk", "949": "euc-kr", "950": "big5", "866": "ibm866"}.get(
        page, f"windows-{page}"
    )


def claims_of(body: bytes, content_type: str) -> list[str]:
    """The codecs that header, XML declaration and HTML's <meta> claim; what software says that knows nothing comes last."""
    header = _CHARSET.search(content_type)
    labels = [header[1]] if header else []
    declared = _XML_ENCODING.search(body, 0, _XML_HEAD)
    labels += [declared[1].decode("ascii")] if declared else []
    metas = _META_CHARSET.finditer(body, 0, _META_HEAD)
    labels += [meta[1].decode("ascii") for meta in islice(metas, _MOST_METAS)]
    # A declaration that can be read at all is not in UTF-16.
    names = [name for label in labels if (name := codec_of(label)) and not name.startswith("utf-16")]
    return sorted(dict.fromkeys(names), key=lambda name: name == _SAYS_NOTHING)


def decoded(body: bytes, content_type: str) -> str:
    """The text. Order: byte order mark, two or four bytes a character, UTF-8, what is claimed and fits, statistics."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            body = body[len(bom) :]
            if name != "utf-8":  # with whose mark other text is sent, too
                return _text(body, name)
    wide = _wide(body)
    if wide:
        return _text(body, wide)
    if body.isascii():
        escaped = _escaped(body, content_type)
        return _text(body, escaped) if escaped else body.decode("ascii")
    claims = claims_of(body, content_type)
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd") - body.count(_REPLACED)
    valid = len(text) - len(text.encode("ascii", "ignore")) - broken
    # What is in another encoding is hardly ever valid UTF-8 even in part.
    if valid >= broken and not (valid <= _MOST_ACCIDENTS and _accident(text, body, claims, likely=valid <= 2 * broken)):
        return text
    return _text(body, _fitting(body, [name for name in claims if name != "utf-8"]))


def _text(body: bytes, name: str) -> str:
    text = body.decode(name, "replace")
    # Each asks for Python's own code: so many are not worth it.
    if 0 < text.count("\ufffd") <= _MOST_MENDED:
        text = body.decode(name, "of-the-web")
    return _OF_NOBODY.sub("\ufffd", text) if name == "cp932" else text


def _wide(body: bytes) -> str | None:
    head = body[:_WIDE_LOOKED_AT]
    if head.count(0) * 4 < len(head):
        return None
    for width in (4, 2):
        zeros = tuple(int(sum(byte == 0 for byte in head[n::width]) * width * 2 > len(head)) for n in range(width))
        if zeros in _WIDE:
            return _WIDE[zeros]
    return None


def _escaped(body: bytes, content_type: str) -> str | None:
    """The codec of Japanese, Korean or Chinese in seven bits, which hides in ASCII."""
    claims = claims_of(body, content_type)
    stateful = [name for name in claims if name in _ESCAPING]
    if stateful:
        return stateful[0]
    found = _ESCAPED.search(body)
    return ("iso2022_kr" if found[0] == b"\x1b$)C" else "iso2022_jp_ext") if found else None


def _accident(text: str, body: bytes, claims: list[str], *, likely: bool) -> bool:
    """Whether so little text is valid UTF-8 by chance, and reads better as it is claimed. `likely`: much of it is not valid."""
    for name in claims:
        if name == _SAYS_NOTHING or (name == "utf-8" and not likely):
            return False
        claimed = _text(body, name)
        if "\ufffd" not in claimed and (likely or len(_scripts(claimed)) < len(_scripts(text))):
            return True
    return False


def _scripts(text: str) -> set[str]:
    return {unicodedata.name(char, "NO NAME").split()[0] for char in text if not char.isascii()}


def _fitting(body: bytes, claims: list[str]) -> str:
    """The codec of bytes that are no UTF-8: the first claim that is about as likely as the likeliest, else that."""
    pieces = list(_pieces(body))
    likely = _likelihoods(pieces, claims)
    best = max(likely, key=lambda name: likely[name], default=_SAYS_NOTHING)
    sample = b" ".join(pieces)
    if not sample.translate(None, _SIGNS + _ASCII):  # no letter says anything; windows-125x agree on these
        return next((name for name in claims if name not in _PAIRS), _SAYS_NOTHING)
    for name in (*claims, _SAYS_NOTHING):
        if name == _SAYS_NOTHING and best in _LATIN and len(sample.translate(None, _ASCII)) < _FEW:
            return name
        stands = likely[name] >= likely[best] * (_DEFAULT_STANDS if name == _SAYS_NOTHING else _STANDS) > 0
        if name in _PAIRS:
            stands = (stands or likely[best] < _SURE * len(pieces)) and _is_in_pairs(sample, name)
        if stands:
            return name
    if not likely[best]:  # there are bad bytes in all pieces
        return min((*claims, _SAYS_NOTHING), key=lambda name: _text(sample, name).count("\ufffd"))
    return best


def _is_in_pairs(sample: bytes, name: str) -> bool:
    """Whether bytes beyond ASCII stand as they do in two bytes a character: most by twos, and hardly one is bad."""
    text = _text(sample, name)
    high = len(sample.translate(None, _ASCII))
    wide = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") * 12 <= high and high >= _PAIRS[name] * wide


def _pieces(body: bytes) -> Iterator[bytes]:
    """Of the text beyond ASCII so much that its encoding can be told; bounded, each from the beginning of a character."""
    end = taken = 0
    while taken < _SAMPLE and (found := _HIGH.search(body, end)):
        start, parts = found.start(), list[bytes]()
        while found is not None and found.start() < start + _PIECE:
            most = found.start() + _PIECE
            # Where a bracket stands before it, without what is before.
            run = _RUN.match(body, max(end, found.start() - _AROUND), most) or _RUN.match(body, found.start(), most)
            parts.append(run[0] if run else found[0])
            end = run.end() if run else found.end()
            found = _HIGH.search(body, end)
        if found is not None and found.start() == end:  # cut in the middle of a word: on behind it
            behind = _BREAK.search(body, end)
            end = behind.end() if behind else len(body)
        taken += _PIECE
        yield b" ".join(parts)


def _likelihoods(pieces: list[bytes], claims: list[str]) -> Mapping[str, float]:
    """How likely each codec is, summed over the pieces, so that a bad byte spoils no more than its piece."""
    sums: defaultdict[str, float] = defaultdict(float)
    names = {*_GUESSED, *(name for name in claims if name not in {*_PAIRS, *_ESCAPING})}
    for piece in pieces:
        found = chardet.detect_all(
            piece, include_encodings=names, compat_names=False, ignore_threshold=True, no_match_encoding="cp1252"
        )
        for one in found:
            name = _SEEN_AS.get(str(one["encoding"]), str(one["encoding"]))
            if one["encoding"] is None:  # no text
                continue
            sums[name] += one["confidence"]
    return sums


def _of_the_web(error: UnicodeError) -> tuple[str, int]:
    """What no codec of Python's has, as the standard has it: characters of vendors, and one U+FFFD for what is bad."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    at, data = error.start, error.object
    lead, trail = data[at], data[at + 1] if at + 1 < len(data) else 0
    name = error.encoding.lower().replace("-", "_")
    if name in ("euc_jp", "iso2022_jp_ext"):
        high = 0x80 if name == "euc_jp" else 0
        row, cell = lead - high - 0x20, trail - high - 0x20
        if 1 <= row <= 94 and 1 <= cell <= 94:
            return _of_vendor(row, cell), at + 2
    if name == "big5hkscs" and trail:
        found = data[at : at + 2].decode("cp950", "replace")
        if len(found) == 1 and found != "\ufffd":
            return found, at + 2
    if name == "gb18030" and lead == 0x80:
        return "€", at + 1
    if name.startswith("utf"):
        return "\ufffd", max(error.end, at + 1)
    both = name in _PAIRS and lead >= 0x81 and trail >= 0x80
    return "\ufffd", at + (2 if both else 1)


def _of_vendor(row: int, cell: int) -> str:
    """A character of JIS X 0208 as Windows has it, with its additions: by way of its Shift_JIS."""
    lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
    trail = cell + (0x9E if row % 2 == 0 else 0x3F if cell <= 63 else 0x40)
    return bytes((lead, trail)).decode("cp932", "replace")[:1]


codecs.register_error("of-the-web", _of_the_web)
