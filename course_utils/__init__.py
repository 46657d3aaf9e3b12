"""Companion package of the course: what the lessons share, kept out of their way.

It holds data loaders, figures, the exercise engine and the set-up call; what a lesson teaches stands in the lesson.
Importing it, or any module of it, loads none of TensorFlow, Keras, pandas and matplotlib.
"""
