// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// What can be done with a live session.
RowLayout {
    id: buttons

    required property SessionActions actions
    property bool dense: false
    readonly property int sides: dense ? 9 : 13

    spacing: dense ? 6 : 13

    PushButton {
        enabled: buttons.actions.canStop
        leftPadding: buttons.sides
        rightPadding: buttons.sides
        text: qsTr("Stop reply")

        onClicked: buttons.actions.stop()
    }

    PushButton {
        enabled: buttons.actions.canPause
        leftPadding: buttons.sides
        rightPadding: buttons.sides
        text: buttons.actions.pauseLabel

        onClicked: buttons.actions.togglePause()
    }

    PushButton {
        enabled: buttons.actions.canTakeOver
        leftPadding: buttons.sides
        primary: true
        rightPadding: buttons.sides
        text: buttons.actions.takeOverLabel

        onClicked: buttons.actions.toggleTakeOver()
    }

    PushButton {
        danger: true
        enabled: buttons.actions.canEnd
        leftPadding: buttons.sides
        rightPadding: buttons.sides
        text: buttons.actions.endLabel

        onActiveFocusChanged: if (!activeFocus)
            buttons.actions.forgetEnd()
        onClicked: {
            forceActiveFocus();
            buttons.actions.end();
        }
    }
}
