"""The keys that got another name, with the release that knows the old one no more. `check` tells them, and a start logs them."""

from core.config_renames import Renamed

RENAMES: tuple[Renamed, ...] = ()
