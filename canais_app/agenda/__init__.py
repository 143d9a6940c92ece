"""Magistrates' agendas: slots, holds, appointments."""
