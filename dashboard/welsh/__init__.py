"""Every page again in Welsh: a page is built in English, and each text of it is said anew by one catalogue."""
