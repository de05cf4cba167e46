"""From words to a call: the command line, its flags, help, magics, and what is said when it fails."""
