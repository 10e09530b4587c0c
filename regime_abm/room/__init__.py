"""A game at the table: people and agents in the seats of states, round by round, on the model's own month.

moves: what a seat may choose. game: rounds, and what follows from the moves. onward: the futures that run on from the table.
journal: a game on disk, that survives anything. Who may sit where, and what a phone shows, is the dashboards' business.
"""
