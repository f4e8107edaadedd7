"""An invented zone to try the portal with: nobody in it exists."""
