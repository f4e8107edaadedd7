"""The tree of party organisations, accounts, roles and scope."""
