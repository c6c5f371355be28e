"""The rules of the legal desk, one file a subject."""
