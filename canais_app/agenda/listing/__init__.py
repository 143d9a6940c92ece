"""All published agendas, with the next free time of each."""
