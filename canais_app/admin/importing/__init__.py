"""Screen “Importação”: export the directory; preview and import a file."""
