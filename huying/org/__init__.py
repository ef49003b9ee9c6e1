"""组织: units on five levels, posts, people and their rights, sign-in."""
