"""What starts a job's process and finds it again; the table alone says what may run."""
