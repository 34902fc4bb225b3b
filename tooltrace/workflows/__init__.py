"""The workflows that come along: each a file that a user could have written."""
