"""A real Apache Kafka broker (KRaft, one node) out of its published jars, without containers.

`python -m tests.services.kafka` starts one in the foreground.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.process import CannotStart, cache_folder, free_ports, hold, say, stop, wait_until

VERSION = "4.1.1"

POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>wirewatch.tests</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version></dependency>
  </dependencies>
</project>
"""

PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=2
"""

JAVA_OPTIONS = ("-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


def jars() -> Path:
    """The folder of the broker's jars, fetched once through Maven; raises CannotStart."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            raise CannotStart(f"no {tool} on this machine (Debian: openjdk-17-jre-headless, maven)")
    cache = cache_folder("wirewatch-test-kafka")
    folder = cache / VERSION
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes want them at once
        if not folder.is_dir():
            _fetch_jars(cache, folder)
    return folder


def _fetch_jars(cache: Path, folder: Path) -> None:
    say("fetching the Kafka broker's jars (43 MB, once)")
    with tempfile.TemporaryDirectory(dir=cache) as work:
        (Path(work) / "pom.xml").write_text(POM, encoding="utf-8")
        done = subprocess.run(
            ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib", "-DincludeScope=runtime"],
            cwd=work,
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        if done.returncode != 0:
            raise CannotStart(f"Maven could not fetch the broker's jars: {(done.stdout + done.stderr)[-500:]}")
        (Path(work) / "lib").rename(folder)


@contextmanager
def broker() -> Iterator[str]:
    """A running broker's bootstrap address; its data is gone afterwards. Raises CannotStart."""
    with mortal_broker() as one:
        yield one.address


@contextmanager
def mortal_broker() -> Iterator["Broker"]:
    """The same, to be killed and started again with what it had on its disk."""
    port, controller = free_ports(2)
    cluster = urlsafe_b64encode(os.urandom(16)).decode().rstrip("=").replace("-", "A")
    with tempfile.TemporaryDirectory(prefix="wirewatch-kafka-") as folder:
        properties = PROPERTIES.format(port=port, controller=controller, data=f"{folder}/data")
        with running(properties, cluster, port, Path(folder)) as one:
            yield one


@dataclass
class Broker:
    """A broker whose storage is formatted and whose properties stand in its folder."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return when it answers."""
        log = self.folder / "broker.log"
        with log.open("ab") as out:
            java = [*_java(), "kafka.Kafka", str(self.folder / "server.properties")]
            self.process = subprocess.Popen(java, stdout=out, stderr=out, cwd=self.folder)
        wait_until(lambda: _answers(self.port), self.process, log)

    def kill(self) -> None:
        """SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            stop(self.process)


def _java() -> list[str]:
    return ["java", *JAVA_OPTIONS, "-cp", f"{jars()}/*"]


@contextmanager
def running(properties: str, cluster: str, port: int, folder: Path) -> Iterator[Broker]:
    """A broker with these properties, which name the port and keep data below the folder. Raises CannotStart."""
    path = folder / "server.properties"
    path.write_text(properties, encoding="utf-8")
    with (folder / "broker.log").open("wb") as out:
        subprocess.run(
            [*_java(), "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(path)],
            stdout=out,
            stderr=out,
            cwd=folder,
            check=True,
            timeout=60,
        )
    one = Broker(port, folder)
    try:
        one.start()
        yield one
    finally:
        one.stop()


def _answers(port: int) -> bool:
    """Whether it answers an ApiVersions request (key 18, version 0, correlation 1, no client id)."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(struct.pack(">ihhih", 10, 18, 0, 1, -1))
            return len(connection.recv(4)) == 4
    except OSError:
        return False


if __name__ == "__main__":
    with broker() as address:
        hold(f"KAFKA_BOOTSTRAP_SERVERS={address}")
