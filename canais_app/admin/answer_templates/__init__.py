"""Screen: the templates of answers to complaints."""
