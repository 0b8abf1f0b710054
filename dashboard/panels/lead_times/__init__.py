"""Whom can we trust?"""
