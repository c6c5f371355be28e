"""Web push (RFC 8030, 8291, 8292): where it may be sent, what it says, who signs it, and the sending itself."""
