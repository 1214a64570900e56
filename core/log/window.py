"""The records of a partition that are in progress, so that a commit follows the lowest unfinished one. Pure bookkeeping."""

from collections import OrderedDict
from datetime import datetime

from core.log.log import Delivery, TopicPartition


class Window:
    """The records of one assignment of one partition, from the last commit to the last one handed out."""

    def __init__(self, place: TopicPartition) -> None:
        self.place = place
        self.last = -1  # offset of the newest record taken in
        self.running = 0
        self.stopped = False  # begin nothing more of it
        self._open: OrderedDict[int, None] = OrderedDict()  # unfinished offsets, oldest first
        self._committed = 0
        self._finished = 0
        self._newest: datetime | None = None

    def take_in(self, delivery: Delivery) -> None:
        if self.last < 0:
            self._committed = delivery.offset
        self._open[delivery.offset] = None
        self.last = delivery.offset

    def finish(self, delivery: Delivery) -> None:
        del self._open[delivery.offset]
        self._finished += 1
        self._newest = delivery.appended if self._newest is None else max(self._newest, delivery.appended)

    def ahead(self) -> int:
        """How far it was read beyond the last commit: what a crash would repeat."""
        return self.last + 1 - self._committed

    def to_commit(self) -> int | None:
        """The offset to commit, that of the lowest unfinished record; None when that is committed already."""
        lowest = next(iter(self._open), self.last + 1)
        return lowest if lowest > self._committed else None

    def committed(self, offset: int) -> tuple[int, datetime | None]:
        """Note a commit; how many records were finished since the one before, and when the newest was appended."""
        self._committed = offset
        progress = (self._finished, self._newest)
        self._finished, self._newest = 0, None
        return progress
