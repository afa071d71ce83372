"""Rich menus: designed without programming, drawn here, published as a plan, linked to each customer by rules."""
