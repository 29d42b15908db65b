"""Every question that pages and the API may ask; each takes the visitor's granted scope first."""
