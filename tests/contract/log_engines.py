"""The engines of the event log, made alike for the contract suite and for the processes that it kills."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from core.clock import Clock
from core.log.kafka import KafkaLog
from core.log.kafka_options import KafkaOptions
from core.log.log import EventLog
from core.log.memory import MemoryLog
from core.log.sqlite import SqliteLog
from core.log.topics import Topic
from tests.fakes.clock import FakeClock

PARTITIONS = 4


@dataclass(frozen=True)
class Engine:
    """Makes logs over the same data; `topic` and `single` are this test's own, with four partitions and with one."""

    name: str
    where: str
    topic: str
    single: str
    memory: MemoryLog | None = None
    clock: FakeClock | None = None  # of engines that take their time from one

    def log(self) -> EventLog:
        if self.memory is not None:
            return self.memory
        return open_engine(self.name, self.where, (self.topic, self.single), self.clock)

    def let_pass(self, seconds: float) -> None:
        if self.clock is not None:
            self.clock.advance(seconds)


def open_engine(name: str, where: str, topics: tuple[str, str], clock: Clock | None = None) -> EventLog:
    settings = (Topic(topics[0], PARTITIONS, 24), Topic(topics[1], 1, 24))
    if name == "sqlite":
        return SqliteLog(Path(where), clock, settings)
    return KafkaLog(KafkaOptions(bootstrap=where, session_seconds=2), clock, settings)


def make_engine(name: str, where: str) -> Engine:
    mark = uuid4().hex[:8]
    topic, single = f"contract-{mark}", f"single-{mark}"
    if name == "kafka":
        return Engine(name, where, topic, single)
    clock = FakeClock()
    if name == "memory":
        settings = (Topic(topic, PARTITIONS, 24), Topic(single, 1, 24))
        return Engine(name, where, topic, single, MemoryLog(clock, settings), clock)
    return Engine(name, where, topic, single, None, clock)


MOMENT = timedelta(milliseconds=1)
