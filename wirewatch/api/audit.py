"""Operations on the audit log."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

from aiohttp import web

from wirewatch.api.audit_documents import csv_lines, json_lines
from wirewatch.api.audit_models import AuditAction, AuditActions, AuditFilter, AuditQuery
from wirewatch.api.operation import Call, operation
from wirewatch.usecases import audit_log
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.audit_log import KnownAction, WantedAudit
from wirewatch.usecases.pages import MOST, Paging, number_in
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound

_READ = Permission.READ_AUDIT


@operation("GET", "/audit", summary="List what was changed", access=_READ, query=AuditQuery, answer=AuditActions)
async def list_audit(call: Call[AuditQuery, None]) -> AuditActions:
    """Who changed what, when, from where, and what it was before and after; the newest first."""
    page = await audit_log.list_page(call.acting, _wanted(call.query), Paging(call.query.limit, call.query.cursor))
    return AuditActions(actions=AuditAction.of_all(page.items), next=page.next)


@operation(
    "GET", "/audit.csv", summary="Export what was changed as CSV", access=_READ, query=AuditFilter, media="text/csv"
)
async def export_audit_csv(call: Call[AuditFilter, None]) -> web.StreamResponse:
    """All of the filter, the newest first; times in UTC, what changed as JSON in its cell."""
    header, lines = csv_lines((), header=True), partial(csv_lines, header=False)
    return await _exported(call.acting, _wanted(call.query), lines, "text/csv", "audit.csv", header=header)


@operation(
    "GET",
    "/audit.jsonl",
    summary="Export what was changed as JSON lines",
    access=_READ,
    query=AuditFilter,
    media="application/jsonl",
)
async def export_audit_jsonl(call: Call[AuditFilter, None]) -> web.StreamResponse:
    """All of the filter, the newest first, one action a line."""
    return await _exported(call.acting, _wanted(call.query), json_lines, "application/jsonl", "audit.jsonl")


@operation("GET", "/audit/{number}", summary="Show what was changed once", access=_READ, answer=AuditAction)
async def show_audit(call: Call[Any, None]) -> AuditAction:
    """One action by its number."""
    number = number_in(call.path["number"])
    if number is None:
        raise NotFound("an action has a number; the list shows them")
    return AuditAction.of(await audit_log.show(call.acting, number))


def _wanted(query: AuditFilter) -> WantedAudit:
    return WantedAudit(
        actor=query.actor, action=query.action, subject=query.subject, since=query.since, until=query.until
    )


async def _exported(
    acting: Acting,
    wanted: WantedAudit,
    lines: Callable[[tuple[KnownAction, ...]], str],
    media: str,
    name: str,
    *,
    header: str = "",
) -> web.StreamResponse:
    """Sent a page at a time: however long the log, little of it is held at once."""
    page = await audit_log.list_page(acting, wanted, Paging(MOST))

    async def pieces() -> AsyncIterator[bytes]:
        given = page
        yield (header + lines(given.items)).encode()
        while given.next is not None:
            given = await audit_log.list_page(acting, wanted, Paging(MOST, given.next))
            yield lines(given.items).encode()

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Type": f"{media}; charset=utf-8"}
    return web.Response(body=pieces(), headers=headers)


OPERATIONS = [list_audit, export_audit_csv, export_audit_jsonl, show_audit]
