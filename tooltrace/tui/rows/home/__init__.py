"""What the home screen lists, as plain rows."""
