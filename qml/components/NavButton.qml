// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat

/// A page on the rail; its name shows as a tooltip, its badge counts what waits there.
AbstractButton {
    id: button

    property int badge: 0
    required property string iconPath

    Accessible.checked: checked
    Accessible.name: badge === 0 ? text : (badge === 1 ? qsTr("%1, %2 needs you") : qsTr("%1, %2 need you")).arg(text).arg(badge)
    Accessible.role: Accessible.PageTab
    implicitHeight: 44
    implicitWidth: 44

    contentItem: Item {}

    Rectangle {
        anchors.fill: parent
        color: button.checked || button.hovered ? Theme.raised : "transparent"
        radius: Theme.radius

        FocusRing { control: button }

        Icon {
            anchors.centerIn: parent
            path: button.iconPath
            tone: button.checked ? Theme.text : Theme.dim
        }

        Rectangle {
            anchors.left: parent.left
            anchors.leftMargin: -8
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.accent
            height: 24
            radius: 1.5
            visible: button.checked
            width: 3
        }

        Rectangle {
            anchors.right: parent.right
            anchors.rightMargin: 2
            anchors.top: parent.top
            anchors.topMargin: 3
            color: Theme.warn
            height: 16
            radius: 8
            visible: button.badge > 0
            width: Math.max(16, count.implicitWidth + 8)

            BodyText {
                id: count

                anchors.centerIn: parent
                color: Theme.onFill
                font.pixelSize: 10
                font.weight: Font.DemiBold
                text: button.badge
            }
        }
    }

    // Beside it, where it covers no other page.
    Tip {
        text: button.text
        visible: button.hovered
        x: button.width + 10
        y: (button.height - height) / 2
    }

    Keys.onEnterPressed: button.clicked()
    Keys.onReturnPressed: button.clicked()
}
