"""What people and the sweeper do with exchanges: compose, send, answer, give feedback, write, keep time."""
