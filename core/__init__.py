"""What every app stands on: audit, effects, notifications, periods. Knows no portal noun."""
