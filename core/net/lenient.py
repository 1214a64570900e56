"""Answers of servers that write HTTP carelessly, mended before aiohttp's parser sees them.

Only the head of an answer is touched: field lines that are none are dropped, what says twice or wrongly how long the body
is is settled as RFC 9112 (6.3) has it. Where the length was doubtful the connection serves no second answer, so nobody can
put an answer of his own behind another's.
"""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler

MOST_FIELD_BYTES = 128 * 1024  # of one field
MOST_FIELDS = 2000
_MOST_HEAD = 256 * 1024  # bytes
_STATUS = re.compile(rb"(HTTP/1\.0|HTTP/[0-9](?:\.[0-9])?|ICY)[ \t]+([1-9][0-9]{2})(?![0-9])[ \t]*(.*)", re.IGNORECASE)
_BEGINS = (b"http/", b"icy ")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]+")
_LENGTH, _CODING = b"content-length", b"transfer-encoding"
_CONNECTION = (b"connection", b"keep-alive", b"proxy-connection")
# How a document ends that is whole, whatever its server says of its length.
_DOCUMENT_END = re.compile(rb"(?:</(?:html|rss|feed|rdf:rdf|urlset|channel)\s*>|\})\s*\Z", re.IGNORECASE)
_ENDING = 200  # bytes
_LENGTH_FORM = re.compile(rb"[0-9]{1,15}")
_CHUNK = re.compile(rb"[ \t]*[0-9A-Fa-f]")


class LenientConnector(aiohttp.TCPConnector):
    """aiohttp's connector, with connections that forgive."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # The one place where aiohttp says what its connections are.
        self._factory = partial(LenientHandler, loop=self._loop)  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Head:
    """A head that a strict parser takes. `rest`: what came behind it. `bounded`: it says where the body ends."""

    data: bytes
    rest: bytes
    final: bool = True
    bounded: bool = False


class LenientHandler(ResponseHandler):
    """A connection that mends heads, and gives what came of a body that its server closed too early."""

    def __init__(self, loop: Any) -> None:
        super().__init__(loop=loop)
        self._begun: bytearray | None = None  # of a head that has not all come
        self._bounded = False
        self.cut_off: object = None  # the body that was closed too early

    def set_response_params(self, **params: Any) -> None:
        self._begun, self._bounded = bytearray(), False
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        if self._begun is None:
            super().data_received(data)
            return
        ends_here = b"\n" in data or self._begun.endswith(b"\n") or not self._begun
        self._begun += data
        while ends_here and self._begun is not None and (head := mended(bytes(self._begun))):
            self._begun = None if head.final else bytearray(head.rest)
            self._bounded = head.bounded
            super().data_received(head.data + head.rest if head.final else head.data)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._begun:  # it never ended: aiohttp tells why that is no answer
            data, self._begun = bytes(self._begun), None
            super().data_received(data)
        payload = self._payload
        if exc is None and self._bounded and payload is not None and not payload.is_eof() and not payload.exception():
            self.cut_off, self._payload = payload, None
            payload.feed_eof()
        super().connection_lost(exc)


def is_document(body: bytes | bytearray) -> bool:
    """Whether it ends as documents do."""
    return _DOCUMENT_END.search(body, max(0, len(body) - _ENDING)) is not None


def was_cut_off(response: aiohttp.ClientResponse) -> bool:
    """Whether the server closed the connection before the body was whole by what it had announced."""
    body = response.content
    protocol = getattr(body, "_protocol", None)
    return isinstance(protocol, LenientHandler) and protocol.cut_off is body


def mended(data: bytes) -> Head | None:
    """The head that `data` begins with; None while it has not all come. What is no head of HTTP is given back as it is."""
    data = data.lstrip(b"\r\n")
    if not data:
        return None
    if not any(data[: len(begin)].lower() == begin[: len(data)] for begin in _BEGINS) or len(data) > _MOST_HEAD:
        return Head(data, b"")
    end = _HEAD_END.search(data)
    if end is None:
        return None
    lines = _LINE_END.split(data[: end.start()])
    status = _STATUS.match(lines[0])
    if status is None:
        return Head(data, b"")
    rest = data[end.end() :]
    interim = status[2].startswith(b"1") and status[2] != b"101"
    empty = interim or status[2] in (b"204", b"304")
    if not rest and not empty and _is_chunked(lines):
        return None  # the first byte tells whether it is true
    fields, framing = _fields(lines[1:])
    closes = framing is None and not empty
    if empty and not interim and rest:  # a body that may not be there, which would be read as another answer
        rest, closes = b"", True
    if not empty and framing is not None:
        framing, rest, closes = _true(framing, rest)
    if closes:
        fields = [(name, value) for name, value in fields if name.lower() not in _CONNECTION]
        fields.append((b"Connection", b"close"))
    fields += [framing] if framing else []
    version = b"HTTP/1.0" if status[1].upper() == b"HTTP/1.0" else b"HTTP/1.1"
    first = version + b" " + status[2] + b" " + _CONTROL.sub(b" ", status[3])
    written = [name + b": " + _readable(value) for name, value in fields]
    return Head(b"\r\n".join((first, *written, b"", b"")), rest, not interim, bool(framing))


def _is_chunked(lines: list[bytes]) -> bool:
    return any(line.lower().startswith(_CODING) and b"chunked" in line.lower() for line in lines)


def _fields(lines: list[bytes]) -> tuple[list[tuple[bytes, bytes]], tuple[bytes, bytes] | None]:
    """The field lines that are some, and the one that says where the body ends, if it is clear."""
    kept: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t"):  # goes on with the one before
            if kept:
                kept[-1] = (kept[-1][0], kept[-1][1] + b" " + line.strip())
            continue
        name, colon, value = line.partition(b":")
        name = name.strip()
        if colon and _TOKEN.fullmatch(name):
            kept.append((name, value.strip()))
    lengths = [part.strip() for name, value in kept if name.lower() == _LENGTH for part in value.split(b",")]
    codings = [value.lower() for name, value in kept if name.lower() == _CODING and value.lower() != b"identity"]
    fields = [(name, value) for name, value in kept if name.lower() not in (_LENGTH, _CODING)]
    framing: tuple[bytes, bytes] | None = None
    if codings and codings[-1].endswith(b"chunked"):
        framing = (b"Transfer-Encoding", b"chunked")
    elif not codings and len(set(lengths)) == 1 and _LENGTH_FORM.fullmatch(lengths[0]):
        framing = (b"Content-Length", lengths[0])
    if len(lengths) + len(codings) > 1:
        fields = [
            *((name, value) for name, value in fields if name.lower() not in _CONNECTION),
            (b"Connection", b"close"),
        ]
    return fields, framing


def _true(framing: tuple[bytes, bytes], rest: bytes) -> tuple[tuple[bytes, bytes] | None, bytes, bool]:
    """What is said of the body's end where it fits what came of the body, the rest, and whether the connection ends with it.

    Nothing can follow an answer, since one request is sent at a time: more than was announced is the body, or rubbish.
    """
    if framing[0] == b"Transfer-Encoding":
        return (framing, rest, False) if _CHUNK.match(rest) else (None, rest, True)
    length = int(framing[1])
    if len(rest) <= length:
        return framing, rest, False
    if not rest[length:].strip() or _DOCUMENT_END.search(rest, max(0, length - _ENDING), length):
        return framing, rest[:length], True
    return None, rest, True


def _readable(value: bytes) -> bytes:
    """A value as UTF-8 without control characters."""
    value = _CONTROL.sub(b" ", value)
    try:
        value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1").encode()
    return value
