"""The rules of people and signing in, one file a subject."""
