"""What comes from customers, a batch at a time.

``load`` locks the conversations of a batch and reads what the rules need to know about them; ``thread`` applies the
events to them in memory, one after the other; ``save`` writes what came out. Reading and writing cost a constant number
of statements however many events there are.
"""
