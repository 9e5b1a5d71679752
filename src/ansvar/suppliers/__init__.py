"""What suppliers are asked: tasks in words of their own, by mail, with their answers."""
