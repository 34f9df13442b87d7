"""Editions: what an edition holds, how one is published, and what has changed since the one before."""
