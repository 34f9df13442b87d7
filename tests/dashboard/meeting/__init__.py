"""Tests of what is shown at meetings."""
