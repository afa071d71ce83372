"""Starting, watching and stopping the processes of one machine: what `madoguchi demo` and `madoguchi serve --all` are.

It stays light, for it runs as long as they do: no Django in here. What needs Django runs as a child.
"""
