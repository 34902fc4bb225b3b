"""What ``tooltrace new`` writes: whole workflows to begin with, each a file of its own."""
