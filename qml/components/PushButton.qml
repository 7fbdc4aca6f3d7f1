// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat

/// A button in one of three looks: plain, primary (one per page), or dangerous.
Button {
    id: button

    property bool danger: false
    property bool primary: false
    readonly property color fill: primary && enabled ? Theme.accentFill : Theme.raised

    Accessible.name: text
    font.family: Theme.sans
    font.pixelSize: Theme.body
    font.weight: Font.Medium
    implicitHeight: 34
    leftPadding: 13
    rightPadding: 13

    background: Rectangle {
        border.color: button.primary && button.enabled ? button.fill : Theme.line
        color: button.down ? Qt.darker(button.fill, 1.15) : button.hovered ? Qt.lighter(button.fill, 1.08) : button.fill
        radius: Theme.radius

        Behavior on color {
            ColorAnimation { duration: Theme.motion }
        }

        FocusRing { control: button }
    }
    contentItem: BodyText {
        color: !button.enabled ? Theme.dim : button.primary ? Theme.onFill : button.danger ? Theme.bad : Theme.text
        font: button.font
        horizontalAlignment: Text.AlignHCenter
        text: button.text
        verticalAlignment: Text.AlignVCenter
    }

    // Enter presses too, and a key that is held presses once: Qt clicks with every repetition of Space.
    Keys.onPressed: event => {
        const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter;
        event.accepted = enter || (event.isAutoRepeat && event.key === Qt.Key_Space);
        if (enter && !event.isAutoRepeat)
            button.clicked();
    }
    Keys.onReleased: event => {
        event.accepted = event.isAutoRepeat && event.key === Qt.Key_Space;
    }
}
