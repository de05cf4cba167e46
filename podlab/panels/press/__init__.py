"""Press: a button, or the answers of a question, that loses no press."""
