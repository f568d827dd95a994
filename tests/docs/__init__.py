"""What the pages say is compared with what the program is, so that no page can go on lying."""
