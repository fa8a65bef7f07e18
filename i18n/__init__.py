"""Message catalogues of the portal."""
