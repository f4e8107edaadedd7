"""What can be shown: a package of slices, each a Django app of its own."""
