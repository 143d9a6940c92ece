"""`python -m canais_app.jobs`: the loops' own process, which `turns.py` starts."""

from canais_app.jobs import turns

turns.main()
