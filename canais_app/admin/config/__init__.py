"""Configuração: the settings in force."""
