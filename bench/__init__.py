"""Side-by-side measurements of our engines and their peers, on the same networks in one run."""
