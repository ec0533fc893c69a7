"""`storytailor doctor`: checks this machine and the settings, and says what to do about each problem."""
