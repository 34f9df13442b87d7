"""A dashboard that is told to stop does, also while its workers are still starting."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.serving import free_port


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_while_it_starts(sign: signal.Signals, bare: Path) -> None:
    """Ctrl+C is sent to all its processes, as a terminal does; a service manager tells the first one.

    Told in the tenth of a second in which granian begins to serve, a worker misses it and is killed after ten seconds.
    """
    command = [sys.executable, "-m", "dashboard", f"--data={bare}", f"--port={free_port()}", "--workers=1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Dashboard: ")
    time.sleep(0.3)
    os.killpg(process.pid, sign) if sign == signal.SIGINT else process.terminate()
    begun = time.monotonic()
    try:
        process.wait(timeout=60)
    finally:
        process.kill()
    assert time.monotonic() - begun < 9, "it was killed in the end, and did not stop by itself"
