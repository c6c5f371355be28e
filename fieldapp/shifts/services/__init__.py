"""The rules of shifts: making them, taking them, being there, and what to say when one cannot be taken."""
