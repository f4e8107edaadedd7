"""Read models of accounts, grants and organisations, one module per noun."""
