"""Guides: pages to read offline, in both languages, kept as data."""
