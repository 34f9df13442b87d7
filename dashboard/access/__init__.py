"""Who may come in, as whom, for how long, and the record of what they did."""
