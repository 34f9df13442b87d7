"""What leaves the screen: a table as CSV and XLSX, a page's data in a package, the slides of a meeting as a file."""
