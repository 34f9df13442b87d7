"""Returns in, a warehouse and its editions out."""
