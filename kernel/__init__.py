"""What every package may use: settings, errors, clock, scope, words. Needs only the standard library."""
