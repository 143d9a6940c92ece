"""The commands of `canais`, one module for each thing they are about."""
