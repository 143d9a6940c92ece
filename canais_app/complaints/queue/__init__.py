"""The complaints behind a figure, and one of them on the desk."""
