"""Meus agendamentos: found again by a link in one's mailbox."""
