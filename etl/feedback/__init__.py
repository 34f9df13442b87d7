"""What goes back to a site: the marked workbook, a trial of a return, next month's template."""
