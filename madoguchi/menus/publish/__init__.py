"""From a design to the customers: first a plan, then a run that can break off anywhere and goes on from there."""
