"""LinkedIn: OAuth, company pages, images, posts, statistics and a timeline a person can look at."""
