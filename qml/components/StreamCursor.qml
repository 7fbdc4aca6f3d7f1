// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// Where the reply is being written.
Rectangle {
    id: cursor

    color: Theme.accent
    height: 15
    radius: 1
    width: 7

    SequentialAnimation on opacity {
        loops: Animation.Infinite
        running: cursor.visible && !Theme.reducedMotion

        PauseAnimation { duration: 500 }
        NumberAnimation { duration: 140; to: 0.25 }
        PauseAnimation { duration: 300 }
        NumberAnimation { duration: 140; to: 1 }
    }
}
