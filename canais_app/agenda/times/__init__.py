"""What is free: windows, steps, seats and limits as values; `availability` is the answer."""
