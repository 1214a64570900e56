"""Looking for feeds: what a site announces, links to and keeps at the usual places, visited, weighed and ranked."""
