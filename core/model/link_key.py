"""A key that signs the links of messages."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkKey:
    """`retired`: since when another one signs; links that it signed stay valid."""

    key_id: str
    secret: bytes = field(repr=False)
    retired: datetime | None = None
