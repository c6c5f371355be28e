"""The rules of alerts, one file a subject."""
