"""The gabinete's work on its agenda: its desk, week, blocks, walk-ins, files."""
