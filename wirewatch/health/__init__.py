"""The state of the process: measured, judged, and shown on page, probes, log and metrics."""
