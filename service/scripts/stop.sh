#!/usr/bin/env bash
# ApplicationStop: stops the revision that is running, if there is one.
set -euo pipefail

# 5: there is no such unit, so nothing is running. Without this a lost unit file would block every later release.
systemctl stop harbor.service || [ $? -eq 5 ]
