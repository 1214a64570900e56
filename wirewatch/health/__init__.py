"""How things stand: measured, judged, and told to page, probes, log and metrics."""
