"""Measurements that anybody can repeat: how faithful, how fast, how small. Each prints what it compares with."""
