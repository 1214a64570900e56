"""Operations on views: filters of a list that somebody keeps under a name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from wirewatch.api.model import Body, Model, Query
from wirewatch.api.operation import Call, operation
from wirewatch.usecases import views
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.views import LONGEST_NAME, ViewedPage


class View(Model):
    """`query`: the filters, as in the address of the list."""

    view_id: str
    page: str
    name: str
    query: str
    created: datetime


class Views(Model):
    views: Sequence[View]


class ViewQuery(Query):
    page: ViewedPage | None = None


class ViewBody(Body):
    page: ViewedPage
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    query: Annotated[str, Field(max_length=2000, description="as in the address of the list: `state=open&rule=arms`")]


@operation("GET", "/views", summary="List views", access=Permission.OWN_ACCOUNT, query=ViewQuery, answer=Views)
async def list_views(call: Call[ViewQuery, None]) -> Views:
    """One's own, by name."""
    return Views(views=View.of_all(await views.list_all(call.acting, call.query.page)))


@operation(
    "POST",
    "/views",
    summary="Keep a view",
    access=Permission.OWN_ACCOUNT,
    body=ViewBody,
    answer=View,
    status=201,
    creates=True,
)
async def save_view(call: Call[Any, ViewBody]) -> View:
    """One of that name gets these filters."""
    return View.of(await views.save(call.acting, call.body.page, call.body.name, call.body.query))


@operation("DELETE", "/views/{view_id}", summary="Remove a view", access=Permission.OWN_ACCOUNT, status=204)
async def remove_view(call: Call[Any, None]) -> None:
    """One of one's own."""
    await views.remove(call.acting, call.path["view_id"])


OPERATIONS = [list_views, save_view, remove_view]
