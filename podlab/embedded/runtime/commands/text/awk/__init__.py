"""awk: a language of patterns and actions, as POSIX describes it, in the words of busybox and mawk."""
