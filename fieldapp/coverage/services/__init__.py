"""Read models of coverage: confirmed, claimed, needed."""
