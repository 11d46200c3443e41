"""Packages of npm that a test needs, as a lock file pins them. Standard library only."""

import hashlib
import subprocess

import harness

INSTALL_SECONDS = 600


def installed(folder):
    """`folder`/node_modules is what its package-lock.json says; nothing is asked of a registry when it is so already."""
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules/.installed"
    if stamp.exists() and stamp.read_text() == lock:
        return
    done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    if done.returncode != 0:
        raise harness.Failure(f"npm ci in {folder.name}: {done.stderr.strip()}")
    stamp.write_text(lock)
