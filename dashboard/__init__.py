"""One edition in, pages out: draws, never computes."""
