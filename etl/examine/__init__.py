"""A return read and checked in a child process, and what the two processes say to each other."""
