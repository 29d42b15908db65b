"""Who may do what, and what they did: accounts, sessions, policy and the audit chain."""
