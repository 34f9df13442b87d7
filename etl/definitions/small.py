"""Small numbers: which counts of people nobody but the central team may see or work out."""

# Counts from 1 to one less than this are hidden; a reader must not be able to rule out any value from 1 to this.
THRESHOLD = 5
