"""Where a number comes from: its short code, and its story down to the returns, sheets and cells."""
