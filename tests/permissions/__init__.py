"""Who may open which page and call which operation, inside the area and outside it."""
