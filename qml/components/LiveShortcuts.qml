// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat
import Loquat.Models

/// The keyboard of the Live page. Single letters act only while nobody types; a key that is held commands once.
Item {
    id: keys

    required property ConsoleModel consoleModel
    required property bool keysAct
    required property LivePage page

    signal searchWanted

    Shortcut {
        sequences: ["Ctrl+K"]

        onActivated: keys.searchWanted()
    }

    Shortcut {
        enabled: keys.keysAct
        sequences: ["J", "Down"]

        onActivated: keys.consoleModel.selectNeighbour(1)
    }

    Shortcut {
        enabled: keys.keysAct
        sequences: ["K", "Up"]

        onActivated: keys.consoleModel.selectNeighbour(-1)
    }

    Shortcut {
        autoRepeat: false
        enabled: keys.keysAct
        sequences: ["T"]

        onActivated: keys.consoleModel.actions.toggleTakeOver()
    }

    Shortcut {
        enabled: keys.keysAct
        sequences: ["W"]

        onActivated: keys.page.compose(ComposerModel.Whisper)
    }

    Shortcut {
        autoRepeat: false
        enabled: keys.keysAct && keys.consoleModel.actions.canDecide
        sequences: ["A"]

        onActivated: keys.consoleModel.actions.approve()
    }

    Shortcut {
        autoRepeat: false
        enabled: keys.keysAct && keys.consoleModel.actions.canDecide
        sequences: ["D"]

        onActivated: keys.consoleModel.actions.deny()
    }

    Shortcut {
        enabled: keys.keysAct
        sequences: ["Escape"]

        onActivated: keys.page.back()
    }
}
