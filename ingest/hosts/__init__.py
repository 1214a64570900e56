"""Requests by host: rate limit, robots.txt, deadlines and circuit breaker."""
