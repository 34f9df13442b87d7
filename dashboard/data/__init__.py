"""What a page reads: an edition, the address, and what the address chooses in the edition."""
