"""The exercises, one module a lesson: what each checker asks for and which misconceptions it knows by name.

The machinery that runs a learner's answer safely is `course_utils.checking`; the worked answers are notebooks.
"""
