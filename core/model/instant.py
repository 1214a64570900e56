"""A moment: a datetime with its offset, which a reader of records insists on."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

Instant = Annotated[datetime, Meta(tz=True)]
