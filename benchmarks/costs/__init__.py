"""What the stack costs and how far it scales, from public prices and measured milliseconds (`make costs`)."""
