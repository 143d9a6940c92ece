"""From numbers to plain pt-BR: each module says what one figure says."""
