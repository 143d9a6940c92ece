"""Importação: the directory as a file, looked at before it is written."""
