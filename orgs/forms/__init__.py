"""Forms of accounts, grants and organisations, one module per noun."""
