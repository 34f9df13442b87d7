"""A meeting's slides: what is on them, in which order, and how they are drawn."""
