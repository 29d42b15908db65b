"""Where to build next: covering, median and centre problems, solved with a certificate."""
