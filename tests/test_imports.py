"""The package stays light: importing it must cost a learner nothing."""

from __future__ import annotations

import subprocess
import sys

import bench
from tests.environment import ROOT


def test_importing_every_module_loads_none_of_the_heavy_libraries():
    seconds, heavy = bench.import_seconds(rounds=1)
    assert seconds > 0
    assert heavy == []


def test_the_check_would_notice_a_heavy_import():
    code = "import sys, pandas; print([h for h in ('tensorflow', 'pandas') if h in sys.modules])"
    assert (
        "pandas"
        in subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    )


def test_setting_up_prints_nothing_on_either_stream():
    code = "from course_utils.session import setup; setup(seed=1); import keras, tensorflow as tf; tf.constant(1) + 1"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
