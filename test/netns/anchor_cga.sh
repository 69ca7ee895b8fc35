#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# anchor_cga.sh - anchor.sh where nobody has a key.

CGA=yes
# shellcheck source-path=SCRIPTDIR source=anchor.sh
. "$(dirname "$0")/anchor.sh"
