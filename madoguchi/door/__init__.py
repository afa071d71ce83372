"""What is open to the outside: pages and files for customers and for LINE itself."""
