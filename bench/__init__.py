"""Measurements against text that nobody here wrote; none of it is part of the project or of its packages."""
