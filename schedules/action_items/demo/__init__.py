"""This app's rows of the invented zone: nobody in it exists."""
