"""What is shown to whom: the protocol, the stimuli, and a study's life from draft to closed."""
