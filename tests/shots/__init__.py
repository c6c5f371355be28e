"""Pictures of pages, for eyes: nothing here gates."""
