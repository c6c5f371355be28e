"""Shifts, people and needs as CSV files: each kind says its columns, what is in a file, and what a file would do."""
