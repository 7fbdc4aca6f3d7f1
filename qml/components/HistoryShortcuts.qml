// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat.Models

/// The keyboard of the History page. Single letters act only while nobody types.
Item {
    id: keys

    required property HistoryPageModel history
    required property bool keysAct

    signal backWanted
    signal searchWanted

    Shortcut {
        sequences: ["Ctrl+F"]

        onActivated: keys.searchWanted()
    }

    Shortcut {
        enabled: keys.keysAct
        sequences: ["/"]

        onActivated: keys.searchWanted()
    }

    Shortcut {
        enabled: keys.keysAct
        sequences: ["J", "Down"]

        onActivated: keys.history.selectNeighbour(1)
    }

    Shortcut {
        enabled: keys.keysAct
        sequences: ["K", "Up"]

        onActivated: keys.history.selectNeighbour(-1)
    }

    Shortcut {
        autoRepeat: false
        enabled: keys.keysAct
        sequences: ["F5"]

        onActivated: keys.history.found.activate()
    }

    Shortcut {
        enabled: keys.keysAct
        sequences: ["Escape"]

        onActivated: keys.backWanted()
    }
}
