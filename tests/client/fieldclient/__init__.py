"""A second client of Fieldapp, written from docs/protocol.md, docs/snapshot.md, docs/forms.md and tests/vectors/ alone.

It imports nothing of fieldapp. Where it needed something that the documents did not say, the documents were mended.
"""
