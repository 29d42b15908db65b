"""Marts: tables shaped for a question, one file a subject."""
