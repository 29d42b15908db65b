"""What is drawn, and the edge that every request passes: theme, shell, cards, callbacks, guard."""
