"""What uses what in a policy: the graph, its orders and its written forms. May import `policy` and networkx."""
