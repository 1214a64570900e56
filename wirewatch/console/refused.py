"""The HTTP status of a page that says why something was refused."""

from wirewatch.usecases.refusals import Gone, Invalid, NotFound, NotPermitted, Refused, Stale

_STATUS: dict[type[Refused], int] = {Invalid: 422, NotFound: 404, Gone: 410, NotPermitted: 403, Stale: 412}


def status_of(error: Refused) -> int:
    """422 for a form that is not right; 409 for what does not fit the present state."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 409)
