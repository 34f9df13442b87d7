"""What the dashboard says: how things are written, and the sentences that rest on an edition."""
