"""Feeds, sitemaps and pages as data; pure, run off the event loop."""
