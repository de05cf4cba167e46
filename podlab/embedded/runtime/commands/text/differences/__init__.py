"""`diff`: what is to be changed in one file to make it another, in several forms."""
