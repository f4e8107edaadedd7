"""Every change to accounts, grants and organisations, one module per noun."""
