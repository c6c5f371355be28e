"""Tools of the workshop: what make calls, and nothing that serves."""
