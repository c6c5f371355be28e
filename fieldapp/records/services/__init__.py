"""The rules of the record's door, the log and the boxes, one file a subject."""
