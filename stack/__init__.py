"""The embedded stack: what ./portal runs, and with what settings."""
