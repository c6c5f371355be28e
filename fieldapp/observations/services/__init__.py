"""What is done with printed blanks, and with media."""
