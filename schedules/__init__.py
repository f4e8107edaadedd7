"""Plan and do: a package of slices, each a Django app of its own."""
