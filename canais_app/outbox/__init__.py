"""The message queue: messages, their templates, and their delivery by e-mail."""
