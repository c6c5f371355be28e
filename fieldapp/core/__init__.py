"""What every domain stands on; imports nothing else of fieldapp."""
