#!/usr/bin/env bash
# ApplicationStart: starts the revision that has just been installed, and at every boot from now on.
set -euo pipefail

systemctl daemon-reload
systemctl enable harbor.service
systemctl restart harbor.service
