"""Agendas in the API: free times, appointments, waiting lists, requests, proofs."""
