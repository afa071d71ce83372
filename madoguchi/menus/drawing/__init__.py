"""Pictures of menus, drawn by us: the same design always gives the same bytes."""
