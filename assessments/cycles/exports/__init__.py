"""What leaves the slice as a file."""
