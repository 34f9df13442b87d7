"""`etl explain` says where one number comes from: it solves nothing, so it waits for no solver."""

import subprocess
import sys


def test_no_solver_is_imported() -> None:
    code = "import sys, etl.__main__, etl.editions.explain; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "etl.editions.explain" in done.stdout
    solvers = [name for name in done.stdout.split() if "highs" in name or name.startswith("scipy.optimize")]
    assert not solvers
