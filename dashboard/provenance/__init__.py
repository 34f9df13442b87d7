"""Where a number comes from, as a reader sees it: links, codes, the panel and the story in it."""
