"""Published statistical methods, each with its source: numbers in, numbers or frozen dataclasses out."""
