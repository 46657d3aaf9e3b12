"""The course's commands: python -m course_utils doctor [--quick] | lab [--port N] [--no-browser] [--edit] | pages | reset NN | progress.

They print plain lines and set an exit status; what they do stands in `doctor`, `lab`, `pages` and `checking`.
"""

from __future__ import annotations

import argparse
import sys

from course_utils import doctor, lab, pages


def run_doctor(quick: bool = False) -> int:
    """Print one line a finding; return 1 where there is a problem, else 0."""
    worst = 0
    for finding in doctor.examine(quick):
        print(f"{finding.level:>8}  {finding.text}", flush=True)
        worst = max(worst, finding.level == "problem")
    if worst:
        print("The course is not ready on this machine: see the lines marked `problem`.")
    return int(worst)


def port_number(text: str) -> int:
    """Return the port that `text` names; anything else is refused by the command line."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a whole number from 1 to 65535")
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m course_utils", description="The course's own commands.")
    commands = parser.add_subparsers(dest="command", required=True)
    look = commands.add_parser("doctor", help="check Python, packages, data, memory and a short training run")
    look.add_argument("--quick", action="store_true", help="leave out the training run")
    opened = commands.add_parser("lab", help="check the machine, then open JupyterLab at the first lesson")
    opened.add_argument("--port", type=port_number, help="the port to use; without it, the first free one from 8888 on")
    opened.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    opened.add_argument("--edit", action="store_true", help="let the verified pages be written, to change the course")
    commands.add_parser("pages", help="make your own pages in work/ without opening JupyterLab")
    fresh = commands.add_parser("reset", help="give a lesson a fresh page and keep the old one")
    fresh.add_argument("lesson", help="its number: 01")
    commands.add_parser("progress", help="show which exercises are solved")
    chosen = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a Windows pipe may know no boxes
    try:
        if chosen.command == "doctor":
            return run_doctor(chosen.quick)
        if chosen.command == "lab":
            if lab.refuses(chosen.port) or run_doctor(quick=True):
                return 1
            return lab.run_lab(chosen.port, not chosen.no_browser, chosen.edit)
        if chosen.command == "pages":
            print("\n".join([*pages.prepare(), "Your pages are in work/."]))
            return 0
        if chosen.command == "reset":
            print(pages.reset(chosen.lesson))
            return 0
        from course_utils import checking

        print(checking.progress_table())
        return 0
    except KeyboardInterrupt:
        return 130
    except (OSError, ValueError) as error:
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
