"""Undoing Content-Encoding piece by piece, so that a bomb is noticed while it is small.

The bytes decide what is undone: what begins like gzip or zstd is that, whatever the header says, and a body that is plain
stays as it is. The header counts for what has no mark of its own (deflate, br).
"""

import sys
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"

_PIECE_BYTES = 256 * 1024  # decoded at once: about half a millisecond of the event loop
_MOST_STREAMS = 256  # compressed streams in one body; each may be empty, so the size alone does not bound the work
_MOST_LAYERS = 4  # encodings one upon the other
_BEGINNING = 64  # bytes by which a layer is known
_MAGIC = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
_ZSTD_WINDOW = {zstd.DecompressionParameter.window_log_max.value: 23}  # 8 MiB: the most that HTTP allows (RFC 9659)
_CODINGS = {"gzip", "deflate", "br", "zstd"}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b")) + b"\x7f"


class BadContentEncoding(ValueError):
    """The body cannot be decoded, by what its Content-Encoding says or by what it begins with."""


class Decoder:
    """Decodes one body. `encoding` is the Content-Encoding header (RFC 9110 section 8.4); `most_bytes` bounds what is between two.

    Raises BadContentEncoding if nothing can be decoded. A stream that breaks off, or is damaged further on, ends the body
    there: `cut` tells. What follows the end of a compressed stream is ignored, as browsers do.
    """

    def __init__(self, encoding: str, most_bytes: int = 1 << 26) -> None:
        names = [name.strip().lower().removeprefix("x-") for name in encoding.split(",")]
        wanted = [name for name in names if name in _CODINGS]
        if len(wanted) > _MOST_LAYERS:
            raise BadContentEncoding(f"{len(wanted)} encodings one upon the other")
        self._layers = [_Layer(name) for name in reversed(wanted)]
        self._most, self._between = most_bytes, 0

    @property
    def cut(self) -> bool:
        """Whether the body is not all that was meant."""
        return any(layer.cut for layer in self._layers)

    @property
    def whole(self) -> bool:
        """Whether it was compressed, and all streams came to their ends."""
        return not self.cut and any(layer.coding for layer in self._layers)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What `data` decodes to, in pieces of bounded size, some empty; stop iterating and the work stops."""
        return self._through(0, data)

    def finish(self) -> Iterator[bytes]:
        """What is left at the end of the body."""
        depth = 0
        while depth < len(self._layers):
            for piece in self._layers[depth].finish():
                yield from self._through(depth + 1, piece)
            depth += 1

    def _through(self, depth: int, data: bytes) -> Iterator[bytes]:
        """Through the layers from this depth on; beyond those that are claimed there is one more if it shows itself."""
        if depth == len(self._layers):
            if depth and not self._layers[-1].coding:
                yield data
                return
            if depth > _MOST_LAYERS:
                raise BadContentEncoding(f"more than {_MOST_LAYERS} encodings one upon the other")
            self._layers.append(_Layer(""))
        layer = self._layers[depth]
        if depth and layer.coding:
            self._between += len(data)
            if self._between > self._most:
                raise BadContentEncoding(f"over {self._most:,} bytes between two encodings")
        for piece in layer.feed(data):
            yield from self._through(depth + 1, piece)


class _Layer:
    """One encoding, which shows itself in the first bytes. `claimed`: what the header says of it, if anything."""

    def __init__(self, claimed: str) -> None:
        self.coding = ""  # known once anything came out
        self.cut = False
        self._claimed = claimed
        self._beginning: bytes | None = b""
        self._stream: _Stream | None = None
        self._streams = 0
        self._yielded = self._over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._beginning is not None:
            self._beginning += data
            if len(self._beginning) < _BEGINNING:
                return
            data = self._begin(self._beginning)
        yield from self._decoded(data)

    def finish(self) -> Iterator[bytes]:
        if self._beginning:
            yield from self._decoded(self._begin(self._beginning))
        if self._stream is not None and not self._stream.ended and not self._over:
            self._damaged("it breaks off")

    def _begin(self, data: bytes) -> bytes:
        self._beginning = None
        self.coding = _coding_of(data, self._claimed)
        return data

    def _decoded(self, data: bytes) -> Iterator[bytes]:
        if not self.coding:
            yield data
            return
        while not self._over:
            if self._stream is None or self._stream.ended:
                if not data or not self._open(data):
                    return
                self._stream = _Stream.of(self.coding, data)
            try:
                piece = self._stream.decompress(data)
            except (zlib.error, brotli.error, zstd.ZstdError) as e:
                self._damaged(str(e))
                return
            self._yielded |= bool(piece)
            yield piece
            data = self._stream.rest if self._stream.ended else b""
            if not self._stream.ended and self._stream.hungry:
                return

    def _open(self, data: bytes) -> bool:
        """Whether another stream begins here; what else follows the last one's end is ignored."""
        if self._streams and not data.startswith(_MAGIC.get(self.coding, b"no second stream")):
            self._over = True
            return False
        self._streams += 1
        if self._streams > _MOST_STREAMS:
            raise BadContentEncoding(f"more than {_MOST_STREAMS} compressed streams in one body")
        return True

    def _damaged(self, how: str) -> None:
        if not self._yielded:
            raise BadContentEncoding(f"the compressed body is broken: {how}")
        self.cut = self._over = True


def _coding_of(beginning: bytes, claimed: str) -> str:
    """The encoding of what begins so; none if it is plain."""
    for coding, magic in _MAGIC.items():
        if beginning.startswith(magic):
            return coding
    if claimed not in ("br", "deflate") or _is_plain(beginning):
        return ""
    return claimed


def _is_plain(beginning: bytes) -> bool:
    """Whether it can only be a text: it opens like markup or JSON, and no control character is in it."""
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return start in (b"<", b"{", b"[") and len(beginning.translate(None, _CONTROLS)) == len(beginning)


class _Stream(ABC):
    """One compressed stream. After `decompress`, `hungry`: it wants more input; else there is more output, or it `ended`."""

    @staticmethod
    def of(coding: str, beginning: bytes) -> "_Stream":
        if coding == "br":
            return _Brotli()
        if coding == "zstd":
            return _Zstd()
        if coding == "gzip":
            return _Zlib(16 + zlib.MAX_WBITS)
        # Deflate means zlib's format (RFC 9110), but some servers send it without zlib's header.
        zlibs = len(beginning) > 1 and beginning[0] & 0x0F == 8 and (beginning[0] << 8 | beginning[1]) % 31 == 0
        return _Zlib(zlib.MAX_WBITS if zlibs else -zlib.MAX_WBITS)

    @abstractmethod
    def decompress(self, data: bytes) -> bytes:
        """At most a piece of what `data` decodes to."""

    @property
    @abstractmethod
    def hungry(self) -> bool: ...

    @property
    @abstractmethod
    def ended(self) -> bool: ...

    @property
    def rest(self) -> bytes:
        """What follows the end."""
        return b""


class _Zlib(_Stream):
    def __init__(self, window: int) -> None:
        self._inflater = zlib.decompressobj(window)
        self._full = False

    def decompress(self, data: bytes) -> bytes:
        piece = self._inflater.decompress(self._inflater.unconsumed_tail + data, _PIECE_BYTES)
        self._full = len(piece) == _PIECE_BYTES
        return piece

    @property
    def hungry(self) -> bool:
        return not self._full and not self._inflater.unconsumed_tail

    @property
    def ended(self) -> bool:
        return self._inflater.eof

    @property
    def rest(self) -> bytes:
        return self._inflater.unused_data


class _Zstd(_Stream):
    def __init__(self) -> None:
        self._inflater = zstd.ZstdDecompressor(options=_ZSTD_WINDOW)

    def decompress(self, data: bytes) -> bytes:
        return self._inflater.decompress(data, _PIECE_BYTES)

    @property
    def hungry(self) -> bool:
        return self._inflater.needs_input

    @property
    def ended(self) -> bool:
        return self._inflater.eof

    @property
    def rest(self) -> bytes:
        return self._inflater.unused_data


class _Brotli(_Stream):
    def __init__(self) -> None:
        self._inflater = brotli.Decompressor()  # at most 16 MiB of window: the large ones are not asked for
        self._empty = True

    def decompress(self, data: bytes) -> bytes:
        piece: bytes = self._inflater.process(data, output_buffer_limit=_PIECE_BYTES)
        self._empty = not piece
        return piece

    @property
    def hungry(self) -> bool:
        return self._empty and self._inflater.can_accept_more_data()

    @property
    def ended(self) -> bool:
        return bool(self._inflater.is_finished())
