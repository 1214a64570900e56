"""What is kept of hosts, on each database."""

from datetime import timedelta

from core.db.engine import Database
from core.store import host_patterns
from core.store.host_patterns import HostRow
from tests.fakes.clock import START as NOW


async def test_a_hosts_memory_is_kept_for_each_source_and_forgotten_when_nobody_adds_to_it(db: Database) -> None:
    rows = [
        HostRow(host, source, {"articles": 1}, NOW)
        for host, source in (("a.example", "s"), ("a.example", "t"), ("b.example", "s"))
    ]
    later = HostRow(
        "a.example", "s", {"articles": 2, "blocks": [[1 << 62, 0, 1, [2], "«Łódź»"]]}, NOW + timedelta(hours=1)
    )
    async with db.transaction() as conn:
        await host_patterns.put_many(conn, rows)
        await host_patterns.put_many(conn, [later])
        assert await host_patterns.of_host(conn, "a.example") == [later, rows[1]]
        assert await host_patterns.of_source(conn, "s") == [later, rows[2]]
        assert await host_patterns.prune(conn, NOW + timedelta(minutes=1)) == 2
        assert await host_patterns.of_source(conn, "s") == [later]
