"""sed: an editor of streams, as POSIX describes it with what GNU's and busybox's add."""
