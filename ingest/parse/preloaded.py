"""Importing it loads all that parsing needs, for good: the fork server does so, and its workers share the memory.

Nothing here may start a thread: a worker would be forked without it.
"""

import gc

import pebble  # noqa: F401 - a worker is its code

from ingest.parse.jobs import load

load()
gc.collect()
gc.freeze()  # a worker that looked through it for garbage would write to it, and have its own copy
