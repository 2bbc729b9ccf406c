"""What changes between two states of the repository, and what that causes."""
