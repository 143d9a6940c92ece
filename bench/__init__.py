"""What the project claims, each with a figure and a bar."""
