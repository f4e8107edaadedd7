"""What groups and exemptions are called on pages and in messages."""
