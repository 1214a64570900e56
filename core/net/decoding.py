"""Undoing Content-Encoding piece by piece, so that a bomb is noticed while it is small."""

import zlib
from collections.abc import Iterator

ACCEPT_ENCODING = "gzip, deflate"

_PIECE_BYTES = 256 * 1024  # decoded at once: about half a millisecond of the event loop
_MOST_MEMBERS = 256  # gzip streams in one body; each may be empty, so the size alone does not bound the work
_MAGIC = b"\x1f\x8b"
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class BadContentEncoding(ValueError):
    """The body is not what its Content-Encoding says, or the encoding is one we did not ask for."""


class Decoder:
    """Decodes one body. `encoding` is the Content-Encoding header (RFC 9110 section 8.4).

    Raises BadContentEncoding. What follows the end of a compressed stream is ignored, as browsers do.
    """

    def __init__(self, encoding: str) -> None:
        names = [name.strip().lower().removeprefix("x-") for name in encoding.split(",")]
        wanted = [name for name in names if name not in ("", "identity")]
        if len(wanted) > 1 or (wanted and wanted[0] not in ("gzip", "deflate")):
            raise BadContentEncoding(f"Content-Encoding {encoding[:60]!r} was not asked for")
        self._encoding = wanted[0] if wanted else ""
        self._members = 0
        self._inflater = zlib.decompressobj(_GZIP)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What `data` decodes to, in pieces of bounded size; stop iterating and the work stops."""
        if not self._encoding:
            yield data
            return
        while data and self._open(data):
            try:
                piece = self._inflater.decompress(data, _PIECE_BYTES)
            except zlib.error as e:
                raise BadContentEncoding(f"the compressed body is broken: {e}") from e
            if piece:
                yield piece
            data = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail

    def finish(self) -> None:
        """Call at the end of the body; raises BadContentEncoding if the compressed stream breaks off."""
        if self._members and not self._inflater.eof:
            raise BadContentEncoding("the compressed body breaks off")

    def _open(self, data: bytes) -> bool:
        """Have an inflater for `data`; False for what follows the end of the last stream."""
        if self._members == 0:
            # Deflate means zlib's format (RFC 9110), but some servers send it without zlib's header.
            window = _GZIP if self._encoding == "gzip" else _ZLIB if data[0] & 0x0F == 8 else _RAW
        elif not self._inflater.eof:
            return True
        elif self._encoding == "gzip" and _MAGIC.startswith(data[:2]):
            window = _GZIP
        else:
            return False
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise BadContentEncoding(f"more than {_MOST_MEMBERS} compressed streams in one body")
        self._inflater = zlib.decompressobj(window)
        return True
