"""Pages of a list in a fixed order: the rows after a given row, whatever has arrived since."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, or_


def older(at: Column[Any], key: Column[Any], after: tuple[datetime, str]) -> ColumnElement[bool]:
    """Rows behind this one in a list by `at`, newest first, and by `key` among those of one moment."""
    moment, name = after
    return and_(at <= moment, or_(at < moment, key > name))  # the first half is what an index can use
