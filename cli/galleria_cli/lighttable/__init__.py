"""The light table: a page on the loopback interface, where people see which clock is wrong and approve corrections."""
