"""The whole directory as one table, written out and read back: `docs/importacao.md`."""
