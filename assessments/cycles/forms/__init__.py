"""What people type about cycles."""
