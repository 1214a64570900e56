"""What of a feed is new, and how much of it goes on at once; pure."""
