"""What pages are made of: HTML elements, widgets, icons, tables, and the parts of a page."""
