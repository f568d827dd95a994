"""Trainings and renderings: the queue, who holds which job, and the engines that start them."""
