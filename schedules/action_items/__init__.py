"""督办: what somebody must do by a date because somebody decided so, until it is closed by another."""
