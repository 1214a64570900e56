"""A pool of processes for jobs that may hang, die or take all memory."""
