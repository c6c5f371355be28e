"""What is done with printed blanks."""
