"""The list of published agendas, with the next free slot of each."""
