"""Returns that come by the browser: the form, the check, and storing what passes."""
